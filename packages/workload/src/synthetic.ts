import { FloverError, type Nanos, type RequestId } from '@flover/policy';
import { ClosedLoopSource } from './arrivals/closed-loop.ts';
import { openArrivals } from './arrivals/open.ts';
import { drawCancels } from './cancels.ts';
import { whole } from './checks.ts';
import type { SyntheticWorkload } from './config.ts';
import { LengthFit } from './fit.ts';
import { lengths } from './lengths/length.ts';
import { drawPair, pairColumns } from './lengths/pairs.ts';
import { OpenSource } from './open-source.ts';
import type { Streams } from './part-source.ts';
import { type RandomStream, wholeBelow } from './random.ts';
import { readColumns } from './readers/columns.ts';
import type { RequestSource, SamplingParameters, WorkloadRequest } from './request.ts';
import type { SourceOptions } from './source.ts';

type Make = (id: RequestId, arrivalNanos: Nanos) => WorkloadRequest;

/** Requests drawn from distributions, each made when it is taken. */
export function syntheticSource(
  config: SyntheticWorkload,
  options: SourceOptions,
  random: Streams,
): RequestSource {
  const requests = whole(config.requests, 'requests', 1);
  const make = withExtras(config, random, plainRequests(config, options, random));
  return config.arrivals.kind === 'closed-loop'
    ? new ClosedLoopSource(config.arrivals, requests, random('think-times'), make)
    : new OpenSource(openArrivals(config.arrivals, requests, random), requests, make);
}

/** Draws the next (prompt, output) into `fit`. */
function lengthDraw(
  config: SyntheticWorkload,
  options: SourceOptions,
  random: Streams,
  fit: LengthFit,
): (id: RequestId) => void {
  const { prompt, output, lengths: pairs } = config;
  if (pairs !== undefined && prompt === undefined && output === undefined) {
    const columns = pairs.kind === 'pairs' ? pairColumns(pairs.pairs) : readColumns(pairs, options);
    const draw = drawPair(columns, random('lengths'));
    return (id) => {
      const row = draw();
      fit.fit(id, columns.promptTokens[row]!, columns.outputTokens[row]!);
    };
  }
  if (pairs !== undefined || prompt === undefined || output === undefined) {
    throw new FloverError(
      'workload-invalid',
      'a synthetic workload has either lengths, or both prompt and output',
      'set prompt and output for independent lengths, or lengths for joint ones',
    );
  }
  const promptTokens = lengths(prompt, random('prompt-lengths'), 'prompt', options.folder);
  const outputTokens = lengths(output, random('output-lengths'), 'output', options.folder);
  return (id) => fit.fit(id, promptTokens(), outputTokens());
}

function plainRequests(config: SyntheticWorkload, options: SourceOptions, random: Streams): Make {
  const fit = new LengthFit(config, config.outputLimit, (id) => `request ${id}`);
  const drawLengths = lengthDraw(config, options, random, fit);
  const group = config.group ?? 'single';
  const width = whole(config.width ?? 1, 'width', 1);
  if ((group === 'single') !== (width === 1)) {
    throw new FloverError(
      'workload-invalid',
      `group is '${group}' and width is ${width}`,
      "give a single sequence width 1, and 'samples' or 'beams' a width of at least 2",
    );
  }
  return (id, arrivalNanos) => {
    drawLengths(id);
    return {
      id,
      arrivalNanos,
      promptTokens: fit.promptTokens,
      maxOutputTokens: fit.maxOutputTokens,
      outputTokens: fit.outputTokens,
      group,
      width,
    };
  };
}

/** Adds sampling parameters and cancels where the configuration has them. */
function withExtras(config: SyntheticWorkload, random: Streams, make: Make): Make {
  const { sampling, cancels } = config;
  if (sampling === undefined && cancels === undefined) return make;
  const samplingOf = sampling && samplingDraw(sampling, random('sampling'));
  const cancelOf = cancels && drawCancels(cancels, random('cancels'));
  return (id, arrivalNanos) => {
    const cancelAfterNanos = cancelOf?.();
    return {
      ...make(id, arrivalNanos),
      ...(samplingOf && { sampling: samplingOf() }),
      ...(cancelAfterNanos !== undefined && { cancelAfterNanos }),
    };
  };
}

function samplingDraw(sampling: SamplingParameters, random: RandomStream) {
  if (sampling.seed !== undefined) return () => sampling;
  return (): SamplingParameters => ({ ...sampling, seed: wholeBelow(random, 2 ** 32) });
}
