import { FloverError } from '@flover/policy';

export type BackendName = 'cpu' | 'cuda';
export type BackendRequest = BackendName | 'auto';

/** One backend of the addon, and why it cannot run here (an empty string where it can). */
export interface BackendStatus {
  readonly name: string;
  readonly unavailable: string;
}

/** The backend taken, and the reason in one sentence. */
export interface BackendChoice {
  readonly name: BackendName;
  readonly reason: string;
}

/**
 * Chooses a backend. `auto` takes the first that can run, best first, and says what it passed over;
 * a backend asked for by name is taken or refused, never replaced.
 */
export function chooseBackend(
  request: BackendRequest,
  statuses: readonly BackendStatus[],
): BackendChoice {
  if (request !== 'auto') return named(request, statuses);
  const passedOver: string[] = [];
  for (const name of ['cuda', 'cpu'] as const) {
    const why = whyNot(name, statuses);
    if (why === '') {
      const reason = passedOver.length === 0 ? `${name} can run here` : passedOver.join('; ');
      return { name, reason };
    }
    passedOver.push(`${name} is not used: ${why}`);
  }
  throw new FloverError(
    'backend-unavailable',
    `no backend can run here: ${passedOver.join('; ')}`,
    'rebuild the addon: npm run build:native -w @flover/engine',
  );
}

function named(name: BackendName, statuses: readonly BackendStatus[]): BackendChoice {
  const why = whyNot(name, statuses);
  if (why === '') return { name, reason: `${name} was asked for` };
  throw new FloverError(
    'backend-unavailable',
    `backend '${name}' was asked for but cannot run: ${why}`,
    name === 'cuda' ? "use backend 'cpu', or 'auto' to fall back" : undefined,
  );
}

function whyNot(name: BackendName, statuses: readonly BackendStatus[]): string {
  const status = statuses.find((entry) => entry.name === name);
  return status === undefined ? 'it was not built into the addon' : status.unavailable;
}
