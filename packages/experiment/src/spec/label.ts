/** What tables and folders call a policy of an experiment; undefined when it has no name at all. */
export function policyLabel(
  policy:
    | string
    | {
        readonly label?: string | undefined;
        readonly name?: string | undefined;
        readonly file?: string | undefined;
      },
): string | undefined {
  if (typeof policy === 'string') return policy;
  return policy.label ?? policy.name ?? policy.file?.replace(/^.*\/|\.[a-z]+$/g, '');
}
