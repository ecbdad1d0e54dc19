/** A text as part of a path: lower case letters, digits and hyphens; at least one of them. */
function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain === '' ? 'x' : plain;
}

/** Gives each text a slug of its own: a second one of the same name gets a number. */
export class Names {
  readonly #taken = new Set<string>();

  take(text: string): string {
    const wanted = slug(text);
    let name = wanted;
    for (let i = 2; this.#taken.has(name); i++) name = `${wanted}-${i}`;
    this.#taken.add(name);
    return name;
  }
}
