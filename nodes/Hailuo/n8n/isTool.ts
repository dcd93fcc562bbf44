import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Whether an AI agent calls the node as its tool: n8n then names the node's type `hailuoTool`, and gives the agent the
 * JSON only. A file would be fetched and dropped. `hailuoHitlTool` is what n8n makes of every node that has an operation
 * `sendAndWait`, to let a person approve other tools; this node asks nobody anything.
 */
export const isTool = (context: IExecuteFunctions): boolean =>
	/\bhailuo(Hitl)?Tool$/.test(context.getNode().type);
