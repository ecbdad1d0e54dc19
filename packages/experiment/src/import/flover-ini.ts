import { FloverError, nearest } from '@flover/policy';
import { modelNamed, models } from '@flover/trace';
import { parse } from 'ini';
import { stringify } from 'yaml';

/** What became of one of Flover's INI files. */
export interface ImportedIni {
  /** An experiment, as YAML. */
  readonly yaml: string;
  /** Keys that have no meaning here, with the reason. */
  readonly ignored: readonly { readonly key: string; readonly reason: string }[];
  /** What had to be assumed, a sentence each. */
  readonly assumptions: readonly string[];
}

const DATA_TYPES: Readonly<Record<string, string>> = { fp32: 'f32', fp16: 'f16', bf16: 'bf16' };

const WITHOUT_MEANING: Readonly<Record<string, string>> = {
  fixed_prompt_len: 'prefix prompts are part of the prompt here',
  pipeline_para_size: 'pipeline parallelism is not supported, as in the original',
  enable_custom_all_reduce: 'the all-reduce is chosen by the engine',
  'runtime_hyperparameter.data_type': 'the data type stands in model_specification',
};

/** Reads one of Flover's own configuration files (`[model_specification]` and so on). */
export function importFloverIni(file: string, text: string): ImportedIni {
  const ini = new IniReader(file, parse(text) as Record<string, unknown>);
  const assumptions: string[] = [];
  const shape = modelName(ini);
  const concurrency = ini.whole('model_specification', 'max_concurrency', 32);
  const promptTokens = ini.whole('model_specification', 'fixed_input_len', 8);
  const outputTokens = ini.whole('request', 'request_output_len', 504);
  const reordering = ini.whole('runtime_hyperparameter', 'use_mem_shuffle', 0) === 1;
  const firstTokens = Math.min(128, outputTokens);
  if (reordering) {
    assumptions.push(
      `Output lengths are uniform from ${firstTokens} to ${outputTokens}: the file gives the upper ` +
        'bound alone, the published figures begin at 128.',
    );
  }
  assumptions.push(
    `As many requests as max_concurrency (${concurrency}): the original issues so many.`,
  );
  const experiment = {
    name: `flover-${shape}`,
    question: `What does ${file} do here?`,
    model: { shape, dataType: dataType(ini) },
    engine: { tensorParallel: ini.whole('model_specification', 'tensor_para_size', 1) },
    costModel: { kind: 'measure' },
    limits: {
      maxSequences: concurrency * groupOf(ini).width,
      maxSequenceTokens: sequenceTokens(ini, shape, promptTokens + outputTokens, assumptions),
    },
    memory: { kind: 'contiguous', reordering: reordering ? 'flover' : 'off' },
    policies: ['temporal-fusion'],
    workload: {
      kind: 'synthetic',
      requests: concurrency,
      arrivals: {
        kind: 'constant',
        intervalMs: ini.number('runtime_hyperparameter', 'interval', 0),
      },
      prompt: { kind: 'fixed', tokens: promptTokens },
      output: reordering
        ? { kind: 'uniform', minTokens: firstTokens, maxTokens: outputTokens }
        : { kind: 'fixed', tokens: outputTokens },
      ...groupOf(ini),
      sampling: sampling(ini),
    },
  };
  return { yaml: stringify(experiment), ignored: ini.ignored(), assumptions };
}

function modelName(ini: IniReader): string {
  const written = ini.text('model_specification', 'model_type', '');
  const name = written.replaceAll('_', '-');
  const known = models.map((model) => model.name);
  if (known.includes(name)) return name;
  const near = nearest(name, known);
  throw ini.error(
    'model_type',
    written,
    `one of ${known.join(', ')}${near ? ` (nearest: ${near})` : ''}`,
  );
}

function dataType(ini: IniReader): string {
  const written = ini.text('model_specification', 'data_type', 'fp16');
  const name = DATA_TYPES[written];
  if (name) return name;
  throw ini.error('data_type', written, Object.keys(DATA_TYPES).join(', '));
}

function groupOf(ini: IniReader): { group: string; width: number } {
  const beams = ini.whole('model_specification', 'beam_width', 1);
  const samples = ini.whole('model_specification', 'per_batch_size', 1);
  if (beams > 1) return { group: 'beams', width: beams };
  return samples > 1 ? { group: 'samples', width: samples } : { group: 'single', width: 1 };
}

function sequenceTokens(
  ini: IniReader,
  shape: string,
  longest: number,
  assumptions: string[],
): number {
  const written = ini.whole('model_specification', 'max_seq_len', longest);
  const tokens = Math.min(Math.max(written, longest), modelNamed(shape).maxPositions);
  if (tokens !== written) {
    assumptions.push(
      `max_seq_len ${written} became ${tokens}: prompt and output together take ${longest} tokens.`,
    );
  }
  return tokens;
}

function sampling(ini: IniReader): Record<string, number> {
  const section = 'runtime_hyperparameter';
  const topP = ini.number(section, 'top_p', 0);
  const repetition = ini.number(section, 'repetition_penalty', 1);
  const presence = ini.number(section, 'presence_penalty', 0);
  const lengthPenalty = ini.number(section, 'len_penalty', 0);
  const diversity = ini.number(section, 'beam_search_diversity_rate', 0);
  return {
    topK: ini.whole(section, 'top_k', 1),
    temperature: ini.number(section, 'temperature', 1),
    // FasterTransformer reads 0 as "off".
    ...(topP > 0 ? { topP } : {}),
    ...(repetition !== 1 ? { repetitionPenalty: repetition } : {}),
    ...(presence !== 0 ? { presencePenalty: presence } : {}),
    ...(lengthPenalty !== 0 ? { lengthPenalty } : {}),
    ...(diversity !== 0 ? { diversity } : {}),
  };
}

/** Reads keys and remembers which were read, so that none is dropped in silence. */
class IniReader {
  private readonly read = new Set<string>();
  private readonly file: string;
  private readonly sections: Record<string, unknown>;

  constructor(file: string, sections: Record<string, unknown>) {
    this.file = file;
    this.sections = sections;
  }

  text(section: string, key: string, fallback: string): string {
    this.read.add(`${section}.${key}`);
    const values = this.sections[section] as Record<string, unknown> | undefined;
    const value = values?.[key];
    return value === undefined ? fallback : String(value).trim();
  }

  number(section: string, key: string, fallback: number): number {
    const written = this.text(section, key, String(fallback));
    const value = Number(written);
    if (written === '' || !Number.isFinite(value)) throw this.error(key, written, 'a number');
    return value;
  }

  whole(section: string, key: string, fallback: number): number {
    const value = this.number(section, key, fallback);
    if (!Number.isInteger(value) || value < 0) {
      throw this.error(key, String(value), 'a whole number, 0 or more');
    }
    return value;
  }

  ignored(): { key: string; reason: string }[] {
    return Object.entries(this.sections).flatMap(([section, values]) => {
      const keys = typeof values === 'object' && values !== null ? Object.keys(values) : [];
      return keys
        .filter((key) => !this.read.has(`${section}.${key}`))
        .map((key) => ({
          key: `${section}.${key}`,
          reason:
            WITHOUT_MEANING[`${section}.${key}`] ??
            WITHOUT_MEANING[key] ??
            'this key is not known here',
        }));
    });
  }

  error(key: string, seen: string, allowed: string): FloverError {
    return new FloverError(
      'bad-ini',
      `${this.file}: ${key} is '${seen}'; allowed: ${allowed}`,
      'Mend the value, or write an experiment file by hand (docs/experiment-format.md).',
    );
  }
}
