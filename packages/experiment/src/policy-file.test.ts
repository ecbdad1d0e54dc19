import { expect, test } from 'vitest';
import { loadPolicyFile } from './policy-file.ts';

test.each([
  ['/nowhere/chunked-prefill', "'chunked-prefill' is built in: name it under 'policies'"],
  ['/nowhere/mine.ts', 'Give the path of a .ts, .js or .mjs file.'],
])('%s, which is no file, is told with what to do', async (file, hint) => {
  await expect(loadPolicyFile(file)).rejects.toMatchObject({
    code: 'policy-file-missing',
    message: `no policy file at ${file}`,
    hint: expect.stringContaining(hint),
  });
});
