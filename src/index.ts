// The public names of the package, listed by hand.
export {}
