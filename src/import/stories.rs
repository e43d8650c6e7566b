//! Whole files, as shops keep them, read and compared.
