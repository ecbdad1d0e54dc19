import published from './published.json' with { type: 'json' };

/** The published tables of Flover (arXiv 2305.13484) as they were printed; `source` says where. */
export const tables = published;

/** Models of figure 4a, as named shapes. */
export const publishedModels = ['gptj-6b', 'llama-13b', 'llama-33b', 'llama-65b'] as const;

export type PublishedModel = (typeof publishedModels)[number];
