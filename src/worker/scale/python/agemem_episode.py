"""An episode of AgeMem in plain Python: long-term memory M, context C, six tools, three stages. The order of messages,
the words of every tool reply and the rounds are the lab's. Searching is not: the lab compares with its embedder, this
compares runs of three letters, so scores and what a threshold cuts differ.
"""
import math
import re
from collections import Counter

from agemem_rules import check_call, format_penalty, parse_completion, rounds_penalty, task_reward, total_reward


def similarity(a, b):
    """Cosine of the counts of runs of three letters."""

    def grams(text):
        padded = f" {' '.join(text.lower().split())} "
        return Counter(padded[i : i + 3] for i in range(len(padded) - 2))

    left, right = grams(a), grams(b)
    dot = sum(count * right[gram] for gram, count in left.items())
    norm = math.sqrt(sum(c * c for c in left.values()) * sum(c * c for c in right.values()))
    return dot / norm if norm else 0.0


class Memory:
    """Entries with ids m1, m2, ..."""

    def __init__(self):
        self.entries = {}
        self._issued = 0

    def add(self, content, metadata=None):
        self._issued += 1
        self.entries[f"m{self._issued}"] = {"content": content.strip(), "metadata": dict(metadata or {})}
        return f"m{self._issued}"

    def search(self, query, top_k, labels=None):
        """Ids, best first."""
        wanted = (labels or {}).items()
        fitting = [
            id for id, entry in self.entries.items() if all(entry["metadata"].get(k) == v for k, v in wanted)
        ]
        fitting.sort(key=lambda id: -similarity(query, self.entries[id]["content"]))
        return fitting[:top_k]

    def lines(self, ids):
        return "\n".join(f"{id}: {self.entries[id]['content']}" for id in ids)

    def call(self, name, arguments):
        """What a checked call on M replies."""
        if name == "Add_memory":
            return f"{self.add(arguments['content'], arguments.get('metadata'))} added"
        if name == "Retrieve_memory":
            found = self.search(arguments["query"], int(arguments.get("top_k", 3)), arguments.get("metadata_filter"))
            return self.lines(found) if found else "nothing found"
        id = arguments["memory_id"]
        if id not in self.entries:
            return f"error: no memory {id[:16]}"
        if name == "Delete_memory":
            del self.entries[id]
            return f"{id} deleted"
        entry = self.entries[id]
        entry["content"] = arguments["content"].strip()
        entry["metadata"].update(arguments.get("metadata") or {})
        return f"{id} updated"


class Episode:
    """Ask `prompt()`, give the completion to `take()`, until `done`.

    task: a row of tasks/*.jsonl. settings: system_prompt, steps_per_message, max_rounds, hard_rounds (stages 1, 2, 3),
    introspection ("last", "kept" or "off"), introspection_top_k, filter_threshold, summary_share.
    """

    def __init__(self, task, settings):
        self.task, self.settings = task, settings
        self.memory = Memory()
        self.context = []
        self.stage, self.step, self.rounds, self.on_message, self.shown = 1, 0, 0, 0, 0
        self.queues = {1: task["messages"], 2: task["distractors"]}
        self.max_rounds = max(settings["max_rounds"], len(self.queues[1]), len(self.queues[2]))
        self.most_rounds, self.malformed = 0, 0
        self.answer, self.done = None, False
        self._append("system", settings["system_prompt"], "system")
        self._advance(True)

    def prompt(self):
        """Messages of the next policy call."""
        self.step += 1
        mode = self.settings["introspection"]
        query = next((m["content"] for m in reversed(self.context) if m["role"] == "user"), None)
        shown = []
        if mode != "off" and self.stage == 1 and query is not None:
            shown = self.memory.search(query, self.settings["introspection_top_k"])
        related = {"role": "tool", "content": f"related: {self.memory.lines(shown)}"}
        if shown and mode == "kept":
            self._append(related["role"], related["content"], "related")
        messages = [{"role": m["role"], "content": m["content"]} for m in self.context]
        return messages + [related] if shown and mode == "last" else messages

    def take(self, text):
        self.rounds += 1
        self.on_message += 1
        self.most_rounds = max(self.most_rounds, self.rounds)
        kind, action = parse_completion(text)
        if kind == "answer" and self.stage == 3:
            self.answer = action
        self._append("assistant", text, "own")
        if kind == "protocol-error":
            self.malformed += 1
            self._append("tool", f"error: {action}", "own")
        elif kind == "tool-calls":
            for call in action:
                content = self._call(call["name"], call["arguments"])
                self._append("tool", content, "own")
        elif self.stage == 3:
            self.done = True
            return
        self._advance(kind == "answer")

    def parts(self):
        """What is paid, by part; the parts of the lab that need its engine are not here."""
        task = task_reward(self.answer, self.task["answers"])
        rounds = rounds_penalty(self.most_rounds, self.max_rounds)
        return {"task": task, "rounds": rounds, "malformed": format_penalty(self.malformed)}

    def reward(self):
        parts = self.parts()
        return total_reward(parts["task"], parts["rounds"] + parts["malformed"])

    def _append(self, role, content, kind):
        self.context.append({"role": role, "content": content, "kind": kind, "step": self.step})

    def _advance(self, closed):
        while self.stage != 3:
            waiting = not closed and self.on_message < self.settings["steps_per_message"]
            if waiting or self._show_next():
                break
            self._next_stage()
            closed = True
        if self.rounds >= max(self.settings["hard_rounds"][self.stage - 1], self.max_rounds + 1):
            self.done = True

    def _show_next(self):
        queue = self.queues[self.stage]
        if self.shown >= len(queue):
            return False
        self._append("user", queue[self.shown]["content"], "message")
        self.shown += 1
        self.on_message = 0
        return True

    def _next_stage(self):
        self.stage += 1
        self.shown = self.rounds = self.on_message = 0
        if self.stage == 2:
            # What was not stored is gone.
            self.context = [m for m in self.context if m["kind"] == "system"]
        else:
            self._append("user", self.task["query"], "query")

    def _call(self, name, arguments):
        wrong = check_call(name, arguments)
        if wrong is not None:
            return f"error: {wrong}"
        if name == "Filter_context":
            return self._filter(arguments["criteria"])
        if name == "Summary_context":
            return self._summarise(arguments["span"])
        return self.memory.call(name, arguments)

    def _removable(self):
        newest = next((m for m in reversed(self.context) if m["role"] == "user"), None)
        return [
            m
            for m in self.context
            if m["kind"] not in ("system", "query")
            and not (self.stage == 3 and m is newest)
            and not (m["kind"] == "own" and m["step"] == self.step)
        ]

    def _remove(self, gone):
        self.context = [m for m in self.context if not any(m is other for other in gone)]

    def _filter(self, criteria):
        threshold = self.settings["filter_threshold"]
        gone = [m for m in self._removable() if similarity(criteria, m["content"]) >= threshold]
        self._remove(gone)
        return f"removed {len(gone)} {'message' if len(gone) == 1 else 'messages'}"

    def _summarise(self, span):
        """Whole sentences in their order, as long as they are within the share of words; nothing is reworded."""
        messages = self._removable()
        if span != "all":
            messages = messages[-int(span) :]
        if not messages:
            return "error: no messages to summarise"
        prose = [m["content"] for m in messages if m["role"] == "user"]
        left = self.settings["summary_share"] * sum(len(m["content"].split()) for m in messages)
        kept = []
        for sentence in re.split(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+", "\n".join(prose)):
            if sentence.strip() and len(sentence.split()) <= left:
                kept.append(sentence.strip())
                left -= len(sentence.split())
        self._remove(messages)
        return f"summary: {' '.join(kept) or 'nothing'}"
