const SMALLEST = 64;
/** 2^32 over the golden ratio: multiples of it, for ids given out one by one, lie far apart. */
const GOLDEN = 0x9e3779b1;

/**
 * A map from ids to values, for many short lives; values are never undefined.
 *
 * Unlike `Map` it makes no garbage. A `Map` that is filled and emptied makes a new table every few
 * dozen ids, each old table refers to the next one and to all that it held, and so a collector of
 * young objects keeps what has long been deleted. Open addressing with linear probing; deleting
 * closes the gap, so that a search ends at the first free place. Values come in no certain order.
 */
export class IdMap<Value> {
  size = 0;
  private ids: number[] = [];
  private places: (Value | undefined)[] = [];
  /** Takes the upper bits of a scrambled id: 32 - log2 of the number of places. */
  private shift = 0;

  constructor() {
    this.widen(SMALLEST);
  }

  get(id: number): Value | undefined {
    return this.places[this.find(id)];
  }

  has(id: number): boolean {
    return this.places[this.find(id)] !== undefined;
  }

  set(id: number, value: Value): void {
    let place = this.find(id);
    if (this.places[place] === undefined) {
      if (2 * ++this.size > this.places.length) {
        this.widen(2 * this.places.length);
        place = this.find(id);
      }
      this.ids[place] = id;
    }
    this.places[place] = value;
  }

  /** Tells whether there was one. */
  delete(id: number): boolean {
    const { ids, places } = this;
    const mask = places.length - 1;
    let gap = this.find(id);
    if (places[gap] === undefined) return false;
    this.size--;
    for (let next = (gap + 1) & mask; places[next] !== undefined; next = (next + 1) & mask) {
      // May fill the gap what would be found there: what is looked for from the gap or before it.
      const strayed = (next - this.home(ids[next]!)) & mask;
      if (strayed < ((next - gap) & mask)) continue;
      ids[gap] = ids[next]!;
      places[gap] = places[next];
      gap = next;
    }
    places[gap] = undefined;
    return true;
  }

  *values(): Generator<Value> {
    for (const value of this.places) if (value !== undefined) yield value;
  }

  *keys(): Generator<number> {
    for (let i = 0; i < this.places.length; i++) {
      if (this.places[i] !== undefined) yield this.ids[i]!;
    }
  }

  /** Where the id stands, or the free place at which it would. */
  private find(id: number): number {
    const { ids, places } = this;
    const mask = places.length - 1;
    let place = this.home(id);
    while (places[place] !== undefined && ids[place] !== id) place = (place + 1) & mask;
    return place;
  }

  private home(id: number): number {
    return Math.imul(id, GOLDEN) >>> this.shift;
  }

  private widen(length: number): void {
    const { ids, places } = this;
    this.ids = new Array<number>(length).fill(-1);
    this.places = new Array<Value | undefined>(length).fill(undefined);
    this.shift = Math.clz32(length) + 1;
    for (let i = 0; i < places.length; i++) {
      if (places[i] === undefined) continue;
      const place = this.find(ids[i]!);
      this.ids[place] = ids[i]!;
      this.places[place] = places[i];
    }
  }
}
