/** One event of the Chrome trace format; times in microseconds. */
export type ChromeEvent =
  | {
      readonly ph: 'M';
      readonly name: 'process_name' | 'thread_name' | 'process_sort_index' | 'thread_sort_index';
      readonly pid: number;
      readonly tid?: number;
      readonly args: Readonly<Record<string, string | number>>;
    }
  | {
      readonly ph: 'X';
      readonly name: string;
      readonly cat: string;
      readonly pid: number;
      readonly tid: number;
      readonly ts: number;
      readonly dur: number;
      readonly args: Readonly<Record<string, unknown>>;
    }
  | {
      readonly ph: 'i';
      readonly name: string;
      readonly cat: string;
      readonly pid: number;
      readonly tid: number;
      readonly ts: number;
      /** Scope: its own track. */
      readonly s: 't';
      readonly args: Readonly<Record<string, unknown>>;
    }
  | {
      readonly ph: 'C';
      readonly name: string;
      readonly pid: number;
      readonly ts: number;
      readonly args: Readonly<Record<string, number>>;
    };

/** The groups of tracks, which the format calls processes. */
export const trackGroup = { slots: 1, lanes: 2, counters: 3 } as const;

export const microseconds = (nanos: number): number => nanos / 1000;

/** Says what a group of tracks is called; groups stand in order of their number. */
export function nameGroup(pid: number, name: string): readonly ChromeEvent[] {
  return [
    { ph: 'M', name: 'process_name', pid, args: { name } },
    { ph: 'M', name: 'process_sort_index', pid, args: { sort_index: pid } },
  ];
}

/** Says what a track is called; tracks stand in order of their number. */
export function nameTrack(pid: number, tid: number, name: string): readonly ChromeEvent[] {
  return [
    { ph: 'M', name: 'thread_name', pid, tid, args: { name } },
    { ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tid } },
  ];
}
