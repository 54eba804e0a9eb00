/**
 * The tools of long-term memory as methods of a Python class, with type hints and a docstring in Google's style, from
 * which transformers makes the schema a model is shown. Written from the lab's schemas, so they cannot drift apart.
 */
import { type ArgumentSchema, TOOL_SCHEMAS } from '../../agent/tool-schemas';

/** Tools on C are left out: a context of TRL only grows. */
const LONG_TERM = ['Add_memory', 'Update_memory', 'Delete_memory', 'Retrieve_memory'] as const;

const TYPES: Readonly<Record<ArgumentSchema['type'], string>> = {
  string: 'str',
  integer: 'int',
  boolean: 'bool',
  object: 'dict',
};

/** Indented for the body of a class. */
export function environmentMethods(): string {
  return LONG_TERM.map((name) => {
    const { description, parameters } = TOOL_SCHEMAS[name].function;
    const { properties, required } = parameters;
    const given = Object.entries(properties);
    const signature = given.map(([key, { type, default: value }]) =>
      required.includes(key)
        ? `${key}: ${TYPES[type]}`
        : value === undefined
          ? `${key}: ${TYPES[type]} | None = None`
          : `${key}: ${TYPES[type]} = ${JSON.stringify(value)}`,
    );
    return [
      `    def ${name}(self, ${signature.join(', ')}) -> str:`,
      '        """',
      `        ${description}`,
      '',
      '        Args:',
      ...given.map(([key, schema]) => `            ${key}: ${schema.description}`),
      '',
      '        Returns:',
      '            What the memory replies.',
      '        """',
      `        return self._call("${name}", ${given.map(([key]) => `${key}=${key}`).join(', ')})`,
      '',
    ].join('\n');
  }).join('\n');
}
