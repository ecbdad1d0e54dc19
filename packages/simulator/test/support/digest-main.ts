import { traceDigest } from './digest.ts';

process.stdout.write(traceDigest(process.argv[2] ?? '', Number(process.argv[3])));
