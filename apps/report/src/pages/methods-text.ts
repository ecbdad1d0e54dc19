import { SATURATION_RULE } from '../facts/saturation.ts';
import { type Child, h, type Mark } from '../marks/mark.ts';
import { bullets, paragraph, section } from './blocks.ts';

const code = (text: string) => h('code', {}, text);

/** What is compared: one scheduler, two executors. */
export function worldsText(): Mark {
  return section(
    'worlds',
    'Two worlds, one scheduler',
    paragraph(
      'A scheduler is a state machine without clock, chance or waiting: an event goes in, actions come out. The simulator drives it from a queue of events in virtual time; the engine drives the same object from the wall clock and the device. There is no second copy of any decision.',
    ),
    paragraph(
      'Virtual time is integer nanoseconds; events at one time come in the order in which they were made. The engine is warm before its clock starts, plans the next iteration while the device computes this one, and takes the end of an iteration when the scheduler has its tokens: that moment ends TTFT, TPOT and E2E. Weights are synthetic where no checkpoint is named; a run’s lengths are then set by its workload and not by what is generated.',
    ),
  );
}

/** What arrives, and how chance is drawn. */
export function workloadText(): Mark {
  return section(
    'workloads',
    'Workloads and seeds',
    paragraph(
      'Arrivals, lengths, cancels and sampling are drawn from named streams of one seed, so that a draw that is added somewhere changes nothing elsewhere. Both worlds and every policy see the same requests. Arrivals are never bent: no gap is clipped, no rate is rescaled unless the experiment asks for it by name. A policy sees the limit that the client asked for, never the true output length.',
    ),
  );
}

/** Where simulated durations come from. */
export function costModelText(): Mark {
  return section(
    'cost-models',
    'Cost models and calibration',
    bullets([
      [
        h('strong', {}, 'Roofline'),
        ': bytes and operations of an iteration over the bandwidth and the rate of a device’s data sheet, each at an efficiency; with several ranks what they add up crosses the links. It is for devices that nobody measured, knows no error of its own and gives no intervals.',
      ],
      [
        h('strong', {}, 'Profile'),
        ': fitted to an engine’s measured iterations by robust least squares on relative errors. Decode grows with rows and with the KV tokens that attention reads, prefill with tokens and with pairs of query and key; works beside each other slow each other down pairwise; planning, launching, latency, the gap between works and the notice of an end are the host’s.',
      ],
    ]),
    paragraph(
      'A profile’s runs are made for the purpose, from a seed of their own: ',
      h('em', {}, 'nothing is fitted to the workloads that are then predicted'),
      '. The file names its runs, and what the fit leaves of them stands below where a profile is among the results.',
    ),
  );
}

/** How the two worlds are compared. */
export function parityText(): Mark {
  return section(
    'parity',
    'Parity',
    bullets([
      [
        h('strong', {}, 'Decision parity'),
        ': every event of a real run is told to a fresh scheduler of the same configuration; its actions are compared with the recorded ones byte for byte, up to the first difference.',
      ],
      [
        h('strong', {}, 'First divergent iteration'),
        ': launches of the simulated and the real run are compared in order, and lane by lane, on everything but number and time.',
      ],
      [
        h('strong', {}, 'Timing parity'),
        ': signed errors (predicted − measured) / measured, of iterations matched by number and of requests matched by number; TTFT apart, since it carries queueing.',
      ],
      [
        h('strong', {}, 'Error split'),
        ': simulated − real = (simulated − replayed) + (replayed − real). The replay has the engine’s decisions with predicted durations: its distance to the real run is the cost model’s, the rest comes of deciding otherwise.',
      ],
      [
        h('strong', {}, 'Load'),
        `: on the page of parity, the mean number of active requests as a share of the sequences that may be active. A run is saturated if ${SATURATION_RULE}; aims hold below that.`,
      ],
    ]),
  );
}

/** What an interval is, and what it claims. */
export function intervalsText(): Mark {
  return section(
    'intervals',
    'Intervals',
    bullets([
      [
        h('strong', {}, 'Confidence intervals'),
        ': requests of one run queue behind each other, so a run is one value. Intervals are Student’s t over independent seeds, 95 %; one seed gives none.',
      ],
      [
        h('strong', {}, 'Prediction intervals'),
        ': a cell is simulated in 19 worlds drawn from how the profile’s measurements scatter about its fit, and the range of a metric is its interval. Were the real run one more such draw, it would lie inside with 18 / 20, whatever the distribution.',
      ],
      [
        h('strong', {}, 'Coverage'),
        ': how often that was so, over all metrics of all cells. Metrics whose interval is a single value do not count.',
      ],
    ]),
  );
}

/** Every assumption, once. */
export function assumptionsText(): Mark {
  const items: Child[] = [
    'A work’s time depends on counts (rows, tokens, KV, pairs), not on which sequences or values they are.',
    'Interference is pairwise, and a work does all its parts at one rate.',
    'Beyond what a profile measured its outermost segments go on; interference stays what it was at the end.',
    'Another machine of the same kind is another device: clocks and temperature are as they were when it was measured, and no interval holds what they do later.',
    'In the error split a replay’s arrivals come as long after the event before them as in the real run, also in a closed loop, where a slower system would have seen them later.',
    'A closed run winds down to its last request, so its throughput is below that of the same system in the middle of its load.',
    'A service-level objective that is not defined for a request, such as TPOT of a single token, counts as met.',
    'Latencies are over served requests; how many were refused or cancelled stands beside them.',
  ];
  return section('assumptions', 'Assumptions', bullets(items));
}

/** What to do to have these pages again. */
export function rebuildText(): Mark {
  const commands = [
    'flover profile experiments/10-fidelity/llama-13b/profile.yaml -o experiments/10-fidelity/profiles/llama-13b.json',
    'flover compare experiments/10-fidelity/llama-13b/poisson-60-percent.yaml   # predict, run, compare',
    'flover sweep   experiments/09-azure-code/sweep.yaml                        # simulated cells over all cores',
    'flover validate                                                            # what the engine promises',
    'flover report  experiments -o site                                         # these pages',
  ];
  return section(
    'rebuild',
    'What is committed, and how to make it again',
    paragraph(
      'An experiment is a folder: a question, a prediction made before the run, its YAML files, and ',
      code('results/<device>/<time>-<commit>/'),
      '. A comparison keeps ',
      code('comparison.json'),
      ' and its run folders: manifest (device, commit, seed, configuration, command), trace of every event and decision, requests, metrics. A sweep keeps ',
      code('sweep.json'),
      '. Pages are made from these files alone; the same files give the same bytes. Simulated numbers come again to the last digit on any machine, real ones as far as the device repeats itself.',
    ),
    h('pre', { tabindex: 0 }, h('code', {}, commands.join('\n'))),
  );
}
