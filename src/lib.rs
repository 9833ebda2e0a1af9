//! The app: what a person sees and touches. Natively, the parts of it that need no browser.
