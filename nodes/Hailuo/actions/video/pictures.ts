import { untilAborted } from '../../jobs/abort';
import { INLINE_MAX_BYTES, toDataUri } from '../../media/picture/dataUri';
import { withRetry, type Session } from '../../n8n/session';
import type { Provider } from '../../providers/types';
import type { InputFile, PlaceFile } from './prepare';

/** How long to retry a failed upload, in ms. */
const PATIENCE_MS = 5 * 60_000;

/** Whether a file is sent inside the request instead of being uploaded first. */
export const goesInline = (
	{ upload }: Pick<Provider, 'upload'>,
	{ data, isPicture }: { data: Buffer; isPicture: boolean },
): boolean => !upload || (isPicture && data.length <= INLINE_MAX_BYTES);

/**
 * Puts files where the provider can get them: small pictures into the request, all other files into the provider's
 * storage, if it has one. So the paid POST stays small and quick, and sending it again after a 429 is cheap. The same
 * file is uploaded once per run. Uploads cost nothing, so they are retried like a GET.
 */
export function filePlacer(session: Session): (provider: Provider) => PlaceFile {
	const { http } = session;
	const uploaded = new Map<string, Promise<string>>();
	return ({ upload }) =>
		async (file: InputFile, signal = session.signal) => {
			if (file.kind === 'url') return file.url;
			const { data, mimeType, fileName, sha256 } = file;
			if (!upload || goesInline({ upload }, file)) return toDataUri(data, mimeType);
			const known = uploaded.get(sha256);
			if (known) return await untilAborted(known, signal);
			const url = withRetry(session, async () => await upload(http, { data, mimeType, fileName }), {
				patienceMs: PATIENCE_MS,
				signal,
			});
			uploaded.set(sha256, url);
			// A failed upload must not block the next item with the same file.
			url.catch(() => uploaded.delete(sha256));
			return await untilAborted(url, signal);
		};
}
