/**
 * What of a line no field tells, and why. Paths as in a field's source: `[]` is every item of a list, `*` any one key,
 * `.**` everything below.
 */
export const leftOut: { readonly [path: string]: string } = {
  'message.type': 'it is always the word message',
  'message.content[].signature': 'a seal by which the API knows its own thinking again',
  'message.content[].data': 'thinking that only the API can read',
  'message.content[].source.type': 'how an image is held, not what it shows',
  'message.content[].source.data': 'the image itself: its size and media type are told, its bytes are not',
  'message.content[].content[].source.type': 'how an image is held, not what it shows',
  'message.content[].content[].source.data': 'the image itself: its size and media type are told, its bytes are not',
  'message.content[].tool.type': 'it is always the words tool_reference',
  'shape.system[].type': 'it is always the word text',
  'rendered[].content': 'a copy for the model of what the line already holds',
  renderedRole: 'how that copy is put before the model',
  renderedBesideToolResult: 'how that copy is put before the model',
  // Of the `.meta.json` beside the file of a sub-agent.
  requestShape: 'it repeats subagent_is_background of the call that started the agent',
  requestNonInteractive: 'it repeats is_interactive of the session',
  pickedEffortModel: 'it repeats agent_model',
  launchedWithDefaults: 'a note of the client to itself, for when it starts the agent again',
  finished: 'it changes after the lines of the agent have been delivered; subagent_status tells it',
  inWorkflowRun: 'agent_workflow_run_id tells it, and which run',
};
