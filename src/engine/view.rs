//! Read-only windows on the engine, for whoever draws it.
