import { createHash } from 'crypto';

/** JSON with sorted keys, so that the order of the fields does not matter. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (typeof value === 'object' && value !== null) {
		const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
		entries.sort(([a], [b]) => (a < b ? -1 : 1));
		return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)}}`;
	}
	return JSON.stringify(value) ?? 'null';
}

/**
 * SHA-256 (hex) of a submission's model and input, pictures included: two submissions with the same
 * fingerprint request the same job, so it does not matter which of them gets which job.
 */
export function fingerprint(submission: { model: string; input: Record<string, unknown> }): string {
	const { model, input } = submission;
	return createHash('sha256').update(canonical({ model, input })).digest('hex');
}
