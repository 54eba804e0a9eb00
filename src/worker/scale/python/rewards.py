"""Reward functions for TRL: called with lists, one entry a completion; a completion is a list of messages."""
import json

from agemem_rules import format_penalty, task_reward


def final_answer(completion):
    """The text that ends the completion, without thoughts and tags; None if it ends with a call, or in the middle of one."""
    last = completion[-1] if completion else {}
    content = last.get("content") or ""
    if last.get("role") != "assistant" or last.get("tool_calls") or "<tool_call>" in content:
        return None
    content = content.split("</think>")[-1]
    if "<answer>" in content:
        content = content.split("<answer>", 1)[1].split("</answer>", 1)[0]
    return content.strip() or None


def answer_reward(completions, task, **kwargs):
    """R_task: exact match 1, else token F1; -1 with no answer."""
    rows = [json.loads(row) for row in task]
    return [task_reward(final_answer(c), row["answers"]) for c, row in zip(completions, rows)]


def malformed_penalty(completions, **kwargs):
    """P for turns that are neither a call nor an answer, and for calls that did not fit."""
    return [format_penalty(sum(_is_malformed(message) for message in c)) for c in completions]


def _is_malformed(message):
    content = message.get("content") or ""
    if message.get("role") == "tool":
        return str(content).startswith("error:") or (isinstance(content, dict) and "error" in content)
    if message.get("role") != "assistant" or message.get("tool_calls"):
        return False
    return final_answer([message]) is None
