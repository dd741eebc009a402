//! Everything that the engine promises, in the one test binary that links it.

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod anomalies;
mod answers;
#[cfg(test)]
mod estimates;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod moments;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod pruning;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod rebuilt;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod stopping;
