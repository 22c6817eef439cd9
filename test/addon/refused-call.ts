/** Programs in which one system call fails with an errno, by seccomp(2). */
import { join } from 'node:path';

/** The words before those of a program, for a call of this number: on x86_64, and on arm64. */
export function refusing(
  call: { readonly x64: number; readonly arm64: number },
  errno: number,
): readonly [string, ...string[]] {
  const number = process.arch === 'arm64' ? call.arm64 : call.x64;
  return ['python3', join(__dirname, 'refuse-call.py'), String(number), String(errno)];
}
