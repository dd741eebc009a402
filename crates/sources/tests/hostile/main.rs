//! What an attacker, a full disk or a broken network may put where a log should be: every byte
//! of it becomes rows and rejects that add up, in bounded time and memory.

#[cfg(test)]
mod compression;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod files;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod support;
#[cfg(test)]
mod times;
