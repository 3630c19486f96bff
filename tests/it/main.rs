

mod deps;
