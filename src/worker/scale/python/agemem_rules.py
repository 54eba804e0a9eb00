"""What AgeMem Lab pays and how it reads a step, as far as plain Python can say it: the score of an answer, the protocol
of a completion, the check of a tool call, the penalties. The lab's own tests hold these functions against its engine's.
"""
import json
import re
import unicodedata

# Weights and penalties of the run, and the tools as the lab shows them; written by the export.
REWARD = json.loads("@REWARD@")
TOOLS = json.loads("@TOOLS@")


def normalise_answer(text):
    """Lower case, letters and digits only, no articles, single spaces."""
    kept = "".join(c for c in text.lower() if unicodedata.category(c)[0] in "LN" or c.isspace())
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept, flags=re.ASCII).split())


def token_f1(prediction, gold):
    predicted, expected = prediction.split(), gold.split()
    left = list(expected)
    shared = 0
    for token in predicted:
        if token in left:
            left.remove(token)
            shared += 1
    return 0.0 if shared == 0 else 2 * shared / (len(predicted) + len(expected))


def score_answer(prediction, answers):
    """In [0, 1]: 1 for an exact match, else token F1; the best over all acceptable answers."""
    predicted = normalise_answer(prediction)
    golds = [normalise_answer(answer) for answer in answers]
    return max([0.0] + [1.0 if predicted == gold else token_f1(predicted, gold) for gold in golds])


def task_reward(answer, answers):
    """R_task: the score of the answer, -1 where there is none."""
    if answer is None or answer.strip() == "":
        return -1.0
    return score_answer(answer, answers)


def format_penalty(malformed_steps):
    """Part of P: for each step that was not understood, down to a floor."""
    if malformed_steps == 0:
        return 0.0
    return max(REWARD["malformed_floor"], REWARD["malformed_penalty"] * malformed_steps)


def rounds_penalty(most_rounds, bound):
    """Part of P: more policy calls in a stage than N_max."""
    return REWARD["rounds_penalty"] if most_rounds > bound else 0.0


def total_reward(task, penalty):
    """The parts of R(tau) that are computed here, with the weights of the run."""
    return REWARD["weights"]["task"] * task + REWARD["weights"]["penalty"] * penalty


THINK, THINK_END = "<think>", "</think>"
TOOL_CALL, TOOL_CALL_END = "<tool_call>", "</tool_call>"
ANSWER, ANSWER_END = "<answer>", "</answer>"
MAX_CALLS = 16


def parse_completion(text):
    """("answer", text), ("tool-calls", [{"name", "arguments"}, ...]) or ("protocol-error", reason)."""
    end = _end_of_think(text)
    tool_at, answer_at = text.find(TOOL_CALL, end), text.find(ANSWER, end)
    if tool_at < 0 and answer_at < 0:
        return "protocol-error", f"expected <tool_call> or <answer> at {end}"
    if tool_at < 0 or 0 <= answer_at < tool_at:
        start = answer_at + len(ANSWER)
        close = text.find(ANSWER_END, start)
        return "answer", text[start : close if close >= 0 else len(text)].strip()
    return _read_calls(text, tool_at + len(TOOL_CALL))


def _end_of_think(text):
    opened, closed = text.find(THINK), text.find(THINK_END)
    actions = [at for at in (text.find(TOOL_CALL), text.find(ANSWER)) if at >= 0]
    action = min(actions) if actions else -1
    if not (opened >= 0 and (action < 0 or opened < action)):
        # Templates that put <think> into the prompt leave a completion with the closing tag only.
        return closed + len(THINK_END) if closed >= 0 and (action < 0 or closed < action) else 0
    closing = text.find(THINK_END, opened + len(THINK))
    if closing >= 0:
        return closing + len(THINK_END)
    return action if action >= 0 else len(text)


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


def _read_calls(text, start):
    start = re.compile(r"\s*(```[a-zA-Z]*)?\s*").match(text, start).end()
    if text[start : start + 1] not in ("[", "{"):
        return "protocol-error", f"expected a JSON list of calls at {start}"
    try:
        value, end = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text, start)
    except (ValueError, RecursionError):
        return "protocol-error", f"the calls are no JSON at {start}"
    after = re.compile(r"\s*(```)?\s*").match(text, end).end()
    if not text.startswith(TOOL_CALL_END, after) and TOOL_CALL_END in text[after:]:
        return "protocol-error", f"expected </tool_call> after the JSON at {after}"
    calls = value if isinstance(value, list) else [value]
    if not calls:
        return "protocol-error", f"the list of calls is empty at {start}"
    if len(calls) > MAX_CALLS:
        return "protocol-error", f"more than {MAX_CALLS} calls in one step at {start}"
    for call in calls:
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            return "protocol-error", f"a call has no name at {start}"
        if not isinstance(call.get("arguments", {}), dict):
            return "protocol-error", f"arguments must be an object at {start}"
    return "tool-calls", [{"name": call["name"], "arguments": call.get("arguments", {})} for call in calls]


def check_call(name, arguments):
    """None if the call fits the schema of its tool, else what is wrong in words for the policy."""
    schema = next((tool["function"] for tool in TOOLS if tool["function"]["name"] == name), None)
    if schema is None:
        return f"no tool {name[:32]}"
    properties = schema["parameters"]["properties"]
    for key in schema["parameters"]["required"]:
        if key not in arguments:
            return f"{name} needs {key}"
    for key, value in arguments.items():
        if key not in properties:
            return f"{name} has no {key[:32]}"
        wanted = _mismatch(value, properties[key])
        if wanted is not None:
            return f"{key} must be {wanted}"
    if name == "Delete_memory" and arguments["confirmation"] is not True:
        return "confirmation must be true"
    if name == "Summary_context" and not re.fullmatch(r"all|[1-9][0-9]{0,8}", arguments["span"]):
        return 'span must be "all" or a number above 0'
    return None


def _mismatch(value, schema):
    kind = schema["type"]
    if kind == "string":
        if not isinstance(value, str):
            return "a string"
        return "a text that is not empty" if len(value.strip()) < schema.get("minLength", 0) else None
    if kind == "boolean":
        return None if isinstance(value, bool) else "true or false"
    if kind == "object":
        return None if isinstance(value, dict) else "an object"
    low, high = schema["minimum"], schema["maximum"]
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()
    return None if whole and low <= value <= high else f"a whole number from {low} to {high}"
