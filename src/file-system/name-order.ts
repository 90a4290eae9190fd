// The order in which the port lists names: by code point, which is the order of their UTF-8 bytes.

/** Compares by code point. JavaScript's own order is by UTF-16 units, which puts `😀` before `～`. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left === right) continue
    const [leftIsHalf, rightIsHalf] = [isSurrogate(left), isSurrogate(right)]
    if (leftIsHalf === rightIsHalf) return left - right
    return leftIsHalf ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
