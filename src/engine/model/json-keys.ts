/**
 * Finds a key that occurs twice in one JSON object. `JSON.parse` keeps the last of the two in
 * silence, which for a list of tensors means that one of them vanishes.
 */

/**
 * The first repeated key of any object in `json`, or undefined. Linear time.
 * @param json text that `JSON.parse` accepts
 */
export function repeatedJsonKey(json: string): string | undefined {
  // One set of keys for each open object, null for each open array.
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '{':
        open.push(new Set());
        keyNext = true;
        break;
      case '[':
        open.push(null);
        keyNext = false;
        break;
      case '}':
      case ']':
        open.pop();
        keyNext = false;
        break;
      case ',':
        keyNext = open[open.length - 1] != null;
        break;
      case '"': {
        const start = i;
        for (i++; json[i] !== '"'; i++) if (json[i] === '\\') i++;
        const keys = open[open.length - 1];
        if (keyNext && keys != null) {
          const key = JSON.parse(json.slice(start, i + 1)) as string;
          if (keys.has(key)) return key;
          keys.add(key);
          keyNext = false;
        }
        break;
      }
    }
  }
  return undefined;
}
