/** Files that tell containers which server to ask for names, one for each server. */
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../host/state/durable-file';
import type { ImagePaths } from './image-paths';

/** Where it is, or will be. */
export function resolverPath({ resolvers }: ImagePaths, server: string): string {
  return join(resolvers, server);
}

/** What it says never changes, so that a container may have it for as long as it likes. */
export async function writeResolver(paths: ImagePaths, server: string): Promise<void> {
  const path = resolverPath(paths, server);
  await mkdir(paths.resolvers, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) await replaceFile(path, `nameserver ${server}\n`);
  // For all users of a container, whose ids are not those of the host.
  await chmod(path, 0o644);
}
