import { FloverError } from '@flover/policy';

type Json = Readonly<Record<string, unknown>>;

/** Reads the fields of one JSON object; every error names the file, the field, the value and what is allowed. */
export class Fields {
  readonly #json: Json;
  readonly #where: string;

  constructor(json: unknown, where: string) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new FloverError('config-invalid', `${where}: expected a JSON object`);
    }
    this.#json = json as Json;
    this.#where = where;
  }

  has(name: string): boolean {
    return this.#json[name] !== undefined && this.#json[name] !== null;
  }

  raw(name: string): unknown {
    return this.#json[name];
  }

  fail(name: string, allowed: string, hint?: string): never {
    const seen = JSON.stringify(this.#json[name]) ?? 'missing';
    throw new FloverError(
      'config-invalid',
      `${this.#where}: '${name}' is ${seen}; allowed: ${allowed}`,
      hint,
    );
  }

  /** A whole number of at least 1, or the fallback where the field is missing. */
  count(name: string, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.#json[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
    return this.fail(name, 'a whole number of at least 1');
  }

  /** A finite number above zero, or the fallback where the field is missing. */
  positive(name: string, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.#json[name];
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    return this.fail(name, 'a number above 0');
  }

  flag(name: string, fallback: boolean): boolean {
    if (!this.has(name)) return fallback;
    const value = this.#json[name];
    return typeof value === 'boolean' ? value : this.fail(name, 'true or false');
  }

  choice<T extends string>(name: string, allowed: readonly T[], fallback?: T): T {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.#json[name];
    const found = allowed.find((entry) => entry === value);
    return found ?? this.fail(name, allowed.map((entry) => `'${entry}'`).join(', '));
  }

  object(name: string): Fields | undefined {
    return this.has(name) ? new Fields(this.#json[name], `${this.#where}: ${name}`) : undefined;
  }

  /** One token id or a list of them; an empty list where the field is missing. */
  tokens(name: string, vocabulary: number): readonly number[] {
    if (!this.has(name)) return [];
    const value = this.#json[name];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const valid = (id: unknown) => Number.isInteger(id) && (id as number) < vocabulary;
    if (!list.every(valid)) this.fail(name, `token ids below vocab_size ${vocabulary}`);
    return (list as number[]).filter((id) => id >= 0);
  }
}
