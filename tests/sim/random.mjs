// Chance from a seed. Everybody in the region has chances of their own, so that what one does is not changed by how fast
// another was answered.
export class Random {
  constructor(seed, name = '') {
    this.state = seed >>> 0;
    for (const char of name) this.state = Math.imul(this.state ^ char.charCodeAt(0), 0x9e3779b1) >>> 0;
  }

  // In [0, 1): mulberry32.
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  chance(share) {
    return this.next() < share;
  }

  int(from, to) {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  // One of { word: weight }.
  among(weights) {
    let rest = this.next() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const [word, weight] of Object.entries(weights)) if ((rest -= weight) < 0) return word;
    return Object.keys(weights).at(-1);
  }
}
