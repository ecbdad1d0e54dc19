import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** What axe finds serious or critical on a page, each with its first element. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  return page.evaluate(async () => {
    // A page from disk may not fetch its own style sheet again.
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself into the page.
    const { violations } = await (window as any).axe.run({ preload: false });
    return violations
      .filter(({ impact }: { impact: string }) => ['serious', 'critical'].includes(impact))
      .map(
        ({ id, nodes }: { id: string; nodes: { html: string }[] }) => `${id}: ${nodes[0]?.html}`,
      );
  });
}
