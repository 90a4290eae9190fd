// The order in which HDFS lists names: by their UTF-8 bytes, which is the order of code points.

/** Compares by code point. JavaScript's own order is by UTF-16 units, which puts `😀` before `～`. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left === right) continue
    const [leftIsHalf, rightIsHalf] = [isSurrogate(left), isSurrogate(right)]
    return leftIsHalf === rightIsHalf ? left - right : leftIsHalf ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
