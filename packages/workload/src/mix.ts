import { FloverError, invariant, type Nanos, type RequestId } from '@flover/policy';
import { tenant as checkedTenant, notEmpty } from './checks.ts';
import type { MixedWorkload, WorkloadPart } from './config.ts';
import { mapRequests } from './map-requests.ts';
import { partSource, type Streams } from './part-source.ts';
import type { MalformedRow } from './readers/options.ts';
import type { RequestSource, WorkloadRequest } from './request.ts';
import type { SourceOptions } from './source.ts';

/**
 * The requests of all parts in order of arrival, ties in the order of the parts.
 *
 * A part draws from streams of its tenant's name, its made-up prompts too, so that adding, changing
 * or moving a part changes no request of another. Parts may be closed loops: their order of arrival
 * among the others depends on the server, so that all requests are then numbered part by part.
 */
export function mixedSource(
  config: MixedWorkload,
  options: SourceOptions,
  random: Streams,
): RequestSource {
  const names = notEmpty(config.parts, 'parts').map(({ tenant }, i) => {
    return checkedTenant(tenant, `parts[${i}].tenant`);
  });
  const again = names.findIndex((name, i) => names.indexOf(name) < i);
  if (again >= 0) {
    throw new FloverError(
      'workload-invalid',
      `parts[${again}].tenant is '${names[again]}', and so is that of parts[${names.indexOf(names[again]!)}]`,
      'give each part a tenant of its own; several kinds of requests of one tenant go into a request file',
    );
  }
  const { maxSequenceTokens } = config;
  const whole = maxSequenceTokens === undefined ? {} : { maxSequenceTokens };
  const sources = config.parts.map((part, i) =>
    named(`parts[${i}]`, { ...part, ...whole }, options, random),
  );
  return new MixedSource(sources, !config.parts.some(waitsForAnswers));
}

function waitsForAnswers(part: WorkloadPart): boolean {
  return part.kind === 'synthetic' && part.arrivals.kind === 'closed-loop';
}

/** The requests of one part; what is wrong with it is told with its place. */
function named(
  place: string,
  part: WorkloadPart,
  options: SourceOptions,
  random: Streams,
): RequestSource {
  const { tenant } = part;
  const own: Streams = (name) => random(`tenant/${JSON.stringify(tenant)}/${name}`);
  try {
    return mapRequests(partSource(part, options, own), (request) =>
      request.promptTokenIds === undefined && request.promptStream === undefined
        ? { ...request, promptStream: `${tenant}/${request.id}` }
        : request,
    );
  } catch (error) {
    if (!(error instanceof FloverError)) throw error;
    throw new FloverError(error.code, `${place}: ${error.message}`, error.hint, error);
  }
}

class MixedSource implements RequestSource {
  readonly count: number;
  readonly leftOut: readonly MalformedRow[];
  readonly #parts: readonly RequestSource[];
  readonly #byArrival: boolean;
  /** The number of each part's first request, where they are numbered part by part. */
  readonly #firsts = new Map<RequestSource, RequestId>();
  /** By number: the request's part, and its number there. */
  readonly #taken = new Map<RequestId, { readonly part: RequestSource; readonly id: RequestId }>();

  /** `byArrival`: requests are numbered in the merged order. */
  constructor(parts: readonly RequestSource[], byArrival: boolean) {
    this.count = 0;
    for (const part of parts) {
      this.#firsts.set(part, this.count);
      this.count += part.count;
    }
    this.leftOut = parts.flatMap((part) => part.leftOut ?? []);
    this.#parts = parts;
    this.#byArrival = byArrival;
  }

  peekNanos(): Nanos | undefined {
    return this.#next()?.peekNanos();
  }

  take(): WorkloadRequest {
    const part = this.#next();
    invariant(part !== undefined, 'a request was taken while no part has one due');
    const request = part.take();
    const id = this.#byArrival ? this.#taken.size : this.#firsts.get(part)! + request.id;
    this.#taken.set(id, { part, id: request.id });
    return { ...request, id };
  }

  finished(id: RequestId, timeNanos: Nanos): void {
    const taken = this.#taken.get(id);
    invariant(taken !== undefined, () => `request ${id} finished but was never taken`);
    taken.part.finished(taken.id, timeNanos);
  }

  /** The part whose next request comes first. */
  #next(): RequestSource | undefined {
    let next: RequestSource | undefined;
    let nextNanos = Number.POSITIVE_INFINITY;
    for (const part of this.#parts) {
      const nanos = part.peekNanos();
      if (nanos === undefined || nanos >= nextNanos) continue;
      next = part;
      nextNanos = nanos;
    }
    return next;
  }
}
