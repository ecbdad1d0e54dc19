// What this machine has, and what it lacks for the parts that were chosen.
import { join } from 'node:path';
import { ask, findProgram } from './run.mjs';

const OLDEST_TOOLKIT = 12.4;
const OLDEST_CAPABILITY = 8.0;

export function lookAtMachine(chosen) {
  const missing = [];
  const gpu = lookAtGpu(missing);
  const builds = chosen.includes('build');
  const toolkit = lookAtToolkit(builds ? missing : []);
  const cmake = findProgram(['cmake']);
  const compiler = findProgram(process.env.CXX ? [process.env.CXX, 'g++', 'c++'] : ['g++', 'c++']);
  if (builds && !cmake) missing.push('cmake 3.22 or later');
  if (builds && !compiler) missing.push('a C++20 compiler (g++ 12 or later)');
  const sanitizer = findProgram(['compute-sanitizer'], toolkitFolders());
  if (chosen.includes('sanitizer') && !sanitizer) {
    missing.push("compute-sanitizer, which comes with the toolkit (or leave 'sanitizer' out)");
  }
  return { ...gpu, ...toolkit, cmake, ninja: findProgram(['ninja']), sanitizer, missing };
}

function lookAtGpu(missing) {
  const fields = 'name,driver_version,memory.total,compute_cap';
  const answer = ask('nvidia-smi', `--query-gpu=${fields}`, '--format=csv,noheader');
  if (answer === undefined) {
    missing.push('an NVIDIA driver and GPU (nvidia-smi is not on PATH or finds no device)');
    return {};
  }
  const devices = answer.split('\n').map((line) => line.split(', '));
  const [device, driver, memory, capability] = devices[0];
  if (!(Number(capability) >= OLDEST_CAPABILITY)) {
    missing.push(`a GPU of compute capability 8.0 or later; ${device} has ${capability}`);
  }
  const architecture = capability?.replace('.', '');
  return { device, driver, memory, capability, architecture, devices: devices.length };
}

const toolkitFolders = () => [
  ...[process.env.CUDA_HOME, process.env.CUDA_PATH, '/usr/local/cuda']
    .filter(Boolean)
    .map((folder) => join(folder, 'bin')),
];

function lookAtToolkit(missing) {
  const nvcc = findProgram([process.env.CUDACXX, 'nvcc'].filter(Boolean), [
    '',
    ...toolkitFolders(),
  ]);
  const version = nvcc && ask(nvcc, '--version')?.match(/release (\d+\.\d+)/)?.[1];
  if (!version) {
    missing.push(`a CUDA toolkit, ${OLDEST_TOOLKIT} or later (no nvcc on PATH or in CUDA_HOME)`);
  } else if (olderThan(version, String(OLDEST_TOOLKIT))) {
    missing.push(`a CUDA toolkit, ${OLDEST_TOOLKIT} or later; ${nvcc} is ${version}`);
  }
  return { nvcc, toolkit: version ?? 'none' };
}

function olderThan(version, least) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
