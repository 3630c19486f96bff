//! What can be wrong with a pack or an index; does not know what follows from it.

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It ends too early.
    #[error("ends too early")]
    Truncated,
    /// It is no file of the format that is understood here.
    #[error("is of a format that is not understood")]
    Format,
    /// Numbers in it contradict each other.
    #[error("contradicts itself")]
    Contradiction,
    /// The bytes have changed since git wrote them.
    #[error("has other bytes than its checksum says")]
    Checksum,
    /// It does not inflate to what it says.
    #[error("does not inflate")]
    Inflate,
    /// A delta takes bytes that its base does not have, or gives another size than it says.
    #[error("is a delta that does not fit its base")]
    Delta,
    /// More memory would be needed than there is for it.
    #[error("is larger than can be held")]
    TooLarge,
}
