// A unit whose actions also report the processor time that they used.
'use strict';

/** `act(action)` does it and resolves with `milliseconds` and `cpu`, in milliseconds too. */
function timedUnit(actions, act, remove) {
  let cpu = 0;
  const timed = (action) => async () => {
    const taken = await act(action);
    cpu += taken.cpu;
    return taken.milliseconds;
  };
  return {
    ...Object.fromEntries(actions.map((action) => [action, timed(action)])),
    /** Milliseconds of the processor since this was asked last. */
    takeCpu() {
      const taken = cpu;
      cpu = 0;
      return taken;
    },
    remove,
  };
}

module.exports = { timedUnit };
