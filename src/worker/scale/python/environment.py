"""Long-term memory as an environment for TRL: one instance a rollout; every public method is a tool. The signatures and
their words are written from the lab's tool schemas.
"""
import json

from agemem_episode import Memory
from agemem_rules import check_call


class AgeMemEnvironment:
    def reset(self, task, **kwargs):
        """M as a good first stage leaves it: each fact worth keeping, with its current value."""
        self._memory = Memory()
        for fact in json.loads(task)["facts"]:
            if fact["worthKeeping"]:
                self._memory.add(f"{fact['subject']} {fact['relation']} {fact['value']}")
        return None

    def _call(self, name, **arguments):
        given = {key: value for key, value in arguments.items() if value is not None}
        wrong = check_call(name, given)
        return f"error: {wrong}" if wrong is not None else self._memory.call(name, given)

#@METHODS@
