import { jsonParse } from 'n8n-workflow';
import { isBlank } from '../../../n8n/fieldValues';

/** Parses text that is JSON. Everything else is returned unchanged, and the check reports it. */
export function readJson(value: unknown): unknown {
	if (isBlank(value)) return undefined;
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	return jsonParse<unknown>(value, { fallbackValue: value });
}
