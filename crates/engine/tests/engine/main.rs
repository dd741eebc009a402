//! Everything that the engine promises, in the one test binary that links it.

mod fixture;

mod answers;
mod functions;
mod limits;
mod mistakes;
mod pruning;
mod schemas;
