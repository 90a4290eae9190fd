// JSON that need not be written anew, because its text is at hand and is what JSON.stringify would write.

/** An object's JSON as its bytes. Valid only until its owner looks at the next one: whoever is given it uses it at once. */
export abstract class JsonAtHand {
  /** UTF-8, exactly what `JSON.stringify` writes of the object. */
  abstract get bytes(): Uint8Array
  /** Whether the object has a field of its own of that name. */
  abstract hasField(name: string): boolean
}
