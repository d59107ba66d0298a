/** A real disk that is really small: a tmpfs. Needs the right to mount; CI must have it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { TestContext } from 'node:test';

/**
 * Mounts `bytes` of disk at `directory` until the test ends. False, with the test skipped, where this user may not mount; with
 * CI=true that is a failure.
 */
export function mountSmallDisk(t: TestContext, directory: string, bytes: number): boolean {
  mkdirSync(directory, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    t.skip('NOT RUN: this user may not mount a small disk; run as root');
    return false;
  }
  return true;
}

/** Lazily, so that a test that failed with files open leaves no mount behind. */
export function unmount(directory: string): void {
  execFileSync('umount', ['--lazy', directory], { stdio: 'pipe' });
}
