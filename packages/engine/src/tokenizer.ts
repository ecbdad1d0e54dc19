import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FloverError } from '@flover/policy';
import { Tokenizer } from '@huggingface/tokenizers';

/** Text to token ids and back, as a checkpoint's `tokenizer.json` defines it. */
export interface TextTokenizer {
  /** Token ids of a text, with the special tokens that the tokenizer itself adds. */
  encode(text: string): number[];
  /** The text of token ids; special tokens are left out. */
  decode(tokens: readonly number[]): string;
  /** Token sequences that spell one of the texts, at the start of a word and inside one. */
  sequences(texts: readonly string[]): number[][];
}

/** Reads `tokenizer.json` of a checkpoint folder; throws `tokenizer-missing` or `tokenizer-invalid`. */
export function openTokenizer(folder: string): TextTokenizer {
  const file = join(folder, 'tokenizer.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FloverError(
      'tokenizer-missing',
      `${file} cannot be read, and this request brings text`,
      'copy tokenizer.json from the model the weights came from, or give token ids as the prompt',
      cause,
    );
  }
  const config = readOptional(join(folder, 'tokenizer_config.json'));
  try {
    return wrap(new Tokenizer(JSON.parse(text) as object, config));
  } catch (cause) {
    throw invalid(file, cause);
  }
}

function invalid(file: string, cause: unknown): FloverError {
  const message = `${file}: ${(cause as Error).message}`;
  return new FloverError('tokenizer-invalid', message, `copy ${basename(file)} again`, cause);
}

/** Turns a growing token sequence into text piece by piece, never cutting a character in two. */
export class Detokenizer {
  readonly #tokenizer: TextTokenizer;
  readonly #tokens: number[] = [];
  /** Tokens from here on give the context; those before `#shown` are already text. */
  #context = 0;
  #shown = 0;

  constructor(tokenizer: TextTokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The text that became certain with this token; may be empty. */
  push(token: number): string {
    this.#tokens.push(token);
    return this.#advance(false);
  }

  /** The rest, an incomplete character included. */
  end(): string {
    return this.#advance(true);
  }

  #advance(last: boolean): string {
    const before = this.#tokenizer.decode(this.#tokens.slice(this.#context, this.#shown));
    const now = this.#tokenizer.decode(this.#tokens.slice(this.#context));
    if (!last && (now.length <= before.length || now.endsWith('\uFFFD'))) return '';
    this.#context = this.#shown;
    this.#shown = this.#tokens.length;
    return now.slice(before.length);
  }
}

function readOptional(file: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw invalid(file, cause);
  }
}

const DECODING = { skip_special_tokens: true, clean_up_tokenization_spaces: false };

function wrap(tokenizer: Tokenizer): TextTokenizer {
  const plain = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    encode: (text) => tokenizer.encode(text).ids,
    decode: (tokens) => (tokens.length === 0 ? '' : tokenizer.decode([...tokens], DECODING)),
    sequences: (texts) => {
      const spelled = texts.flatMap((text) => [plain(text), plain(` ${text}`)]);
      const distinct = new Map(spelled.map((ids) => [ids.join(), ids]));
      return [...distinct.values()].filter((ids) => ids.length > 0);
    },
  };
}
