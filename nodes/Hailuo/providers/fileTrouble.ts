const FILE = String.raw`\w*(?:image|picture|photo|frame|url|link|media|file|audio)\w*`;
const LOADING = String.raw`(?:download|fetch|load|retriev|access|reach|open|read|get)(?:e|ing|ed|ible|able)?`;
const FAILURE =
	/fail|error|invalid|cannot|can't|could not|unable|\bnot\b|un(?:reach|access)|inaccess|denied|forbidden|time.?out|expired|\b40\d\b/i;
const NAMED = new RegExp(
	`\\b${LOADING}\\b.{0,40}\\b${FILE}|\\b${FILE}\\b.{0,60}\\b(?:(?:un|in)?${LOADING}|time.?out)\\b`,
	'i',
);

/**
 * Whether a message of a provider says that it could not load a file of the request. No provider documents a code for
 * this, so the words decide. Sending such a job again unchanged never helps.
 */
export function speaksOfFile(message: string): boolean {
	const text = message.slice(0, 2_000);
	return (NAMED.test(text) && FAILURE.test(text)) || text.includes('下载失败');
}

export const FILE_HINT =
	"The provider could not load a file from its link. Open the link in a private window of your browser: it must show only the file. Or choose 'URL, Fetched by n8n' as the source, so that n8n fetches it and passes it to the provider";
