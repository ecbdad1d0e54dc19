const DISTANCES: Readonly<Record<string, number>> = { profile: 0, 'transferred profile': 1 };

/** How far a cost model is from times measured where it predicts: 0 there, 1 elsewhere, 2 data sheets. */
export function distanceOf(model: { readonly name: string } | undefined): number {
  return DISTANCES[model?.name ?? ''] ?? 2;
}
