/** Files that tell containers which name server to use, one for each server. */
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../host/state/durable-file';
import type { ImagePaths } from './image-paths';
import { makeOwnFolder } from '../../host/state/own-folder';

/** The path of the file, whether or not it exists yet. */
export function resolverPath({ resolvers }: ImagePaths, server: string): string {
  return join(resolvers, server);
}

/** Its content never changes, so that a container may keep it mounted for as long as it runs. */
export async function writeResolver(paths: ImagePaths, server: string): Promise<void> {
  const path = resolverPath(paths, server);
  makeOwnFolder(paths.resolvers);
  if (!existsSync(path)) await replaceFile(path, `nameserver ${server}\n`);
  // To be read by all users of a container, whose ids are not those of the host.
  await chmod(path, 0o644);
}
