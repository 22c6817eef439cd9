/** The verb that would take the filter of an interface away while its container runs: that is what it is there to prevent. */
import { refusedVerbs } from './refusal';

export const commands = refusedVerbs('binding', {
  'nwfilter-binding-delete': [
    'virNWFilterBindingDelete',
    'Failed to delete network filter binding on %',
  ],
});
