/**
 * The vocabulary of `<tslxc:container>`. An unknown word in it is refused, since it could be a limit or a protection of a newer
 * version that would not be enforced. See xml/vocabulary.ts.
 */
import { vocabulary } from '../../xml/vocabulary';

export const extensionVocabulary = vocabulary({
  children: {
    'tslxc:hardening': 'one',
    'tslxc:no-new-privileges': 'one',
    'tslxc:rlimit': 'many',
    'tslxc:pids': 'one',
    'tslxc:cgroups': 'one',
    'tslxc:ptys': 'one',
    'tslxc:hugepages': 'many',
    'tslxc:idmap': 'one',
    'tslxc:filesystem': 'many',
    'tslxc:overlay': 'many',
    'tslxc:relabel': 'one',
    'tslxc:stop': 'one',
    'tslxc:restart': 'one',
    'tslxc:health': 'one',
  },
});

export const allocationVocabulary = vocabulary({
  attributes: { allocate: 'supported', count: 'supported' },
});

export const hardeningVocabulary = vocabulary({ attributes: { level: 'supported' } });

export const resourceLimitVocabulary = vocabulary({
  attributes: { name: 'supported', soft: 'supported', hard: 'supported' },
});

/** `<tslxc:filesystem>`. */
export const filesystemOptionsVocabulary = vocabulary({
  attributes: { target: 'supported', recursive: 'supported', propagation: 'supported' },
});

/** `<tslxc:restart>`. */
export const restartVocabulary = vocabulary({
  attributes: { policy: 'supported', max: 'supported', delay: 'supported' },
});

/** `<tslxc:health>`. */
export const healthVocabulary = vocabulary({
  attributes: {
    port: 'supported',
    interval: 'supported',
    timeout: 'supported',
    retries: 'supported',
    grace: 'supported',
    action: 'supported',
  },
  children: { 'tslxc:arg': 'many' },
});

/** `<tslxc:relabel>`. */
export const relabelVocabulary = vocabulary({ attributes: { system: 'supported' } });

/** `<tslxc:stop>`. */
export const stopVocabulary = vocabulary({ attributes: { signal: 'supported' } });

/** `<tslxc:overlay>`. */
export const overlayVocabulary = vocabulary({
  attributes: { target: 'supported', upper: 'supported' },
  children: { 'tslxc:lower': 'many' },
});

/** `<tslxc:lower>`. */
export const overlayLowerVocabulary = vocabulary({ attributes: { dir: 'supported' } });
