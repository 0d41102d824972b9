/** The words of Claude Code and of the API that tell nothing about anyone: what may stay, and what stands where. */

/** Names of tools, agents, skills, hook events and branches that are not someone's own. */
export const CLIENT_NAMES: ReadonlySet<string> = new Set(
  `
  Agent AskUserQuestion Bash BashOutput CronCreate CronDelete CronList Edit EnterPlanMode EnterWorktree ExitPlanMode
  ExitWorktree Glob Grep KillBash KillShell LS LSP ListMcpResourcesTool Monitor MultiEdit NotebookEdit NotebookRead
  PowerShell Read ReadMcpResourceTool SendMessage Skill SlashCommand StructuredOutput Task TaskCreate TaskGet TaskList
  TaskOutput TaskStop TaskUpdate TodoRead TodoWrite ToolSearch WebFetch WebSearch Workflow Write exit_plan_mode
  advisor bash_code_execution code_execution text_editor_code_execution web_fetch web_search
  Explore Plan claude claude-code-guide general-purpose output-style-setup statusline-setup workflow-subagent
  claude-api code-review dataviz deep-research fewer-permission-prompts init keybindings-help loop plugin-authoring
  review run security-review simplify update-config verify workflow-authoring
  clear compact config context cost doctor exit export fast help hooks login logout mcp memory model permissions plan
  rename resume rewind status usage
  Notification PermissionRequest PostCompact PostToolUse PostToolUseFailure PreCompact PreToolUse SessionEnd
  SessionStart Stop StopFailure SubagentStart SubagentStop UserPromptSubmit
  agent auto builtin custom fork manual repl_main_thread sdk startup
  HEAD main master bash fish powershell sh zsh
  `
    .trim()
    .split(/\s+/),
);

/** Anthropic's models, by their own names and by those of the clouds that sell them. */
export const MODEL =
  /^(?:<synthetic>|(?:(?:us|eu|apac|jp|au|global)\.)?(?:anthropic[./])?claude(?:-(?:opus|sonnet|haiku|fable|mythos|instant|latest|preview|fast|v?\d{1,8}(?:\.\d)?))+(?:@\d{8}|@default|-v\d:\d)?(?:\[1m\])?)$/;

/** Words with which the API and the client's tools say what something is; each may stand anywhere. */
export const CLIENT_VALUES: ReadonlySet<string> = new Set(
  `
  text thinking redacted_thinking tool_use tool_result image document file base64 url content message ephemeral
  server_tool_use web_search_tool_result web_search_result web_fetch_tool_result tool_reference tool_addition
  advisor_message create update delete user assistant system
  image/png image/jpeg image/gif image/webp application/pdf text/plain
  completed failed killed stopped running pending in_progress deleted async_launched
  files_with_matches count local_workflow local_agent local_bash
  standard batch priority fast us eu global not_available
  object string number integer boolean array null
  `
    .trim()
    .split(/\s+/),
);

/** Keys whose values are kept where they are among `CLIENT_VALUES`. */
export const VALUE_KEYS: ReadonlySet<string> = new Set(
  'type status mode output_mode media_type taskType role kind service_tier speed inference_geo'.split(' '),
);

/** Where the client writes words of its own, new ones in each version: `[]` is an item of a list. */
export const CLIENT_PATHS: ReadonlySet<string> = new Set(
  `
  type subtype version userType entrypoint operation reason level sessionKind permissionMode mode effort perTurnEffort
  promptSource turnOrigin origin.kind origin.producer madeBy promptCacheRequested thinkingDisplay toolDenialKind
  mcpCallNotReadOnly error apiError apiErrorType apiRefusalCategory streamCutCause source renderedRole
  error.connection.code streamCutError.connection.code compactMetadata.trigger thinkingMetadata.level
  permissionDecision.decision permissionDecision.source permissionDecision.reasonType permissionDecision.reasonCode
  permissionDecision.ruleSource permissionDecision.grantScope
  data.type data.hookEvent
  message.type message.role message.stop_reason message.stop_details.type message.stop_details.category
  message.output_config.effort message.usage.service_tier message.usage.speed message.usage.inference_geo
  message.usage.iterations[].type
  message.content[].type message.content[].source.type message.content[].tool.type
  message.content[].cache_control.type message.content[].cache_control.ttl
  message.content[].content[].type message.content[].content[].source.type
  attachment.type attachment.hookEvent attachment.commandMode attachment.reminderType attachment.contextRendering
  attachment.bashFirstSteer attachment.origin.kind attachment.content.type attachment.files[].type
  attachment.snapshot.platform
  cacheControl[].path[] cacheControl[].value.type cacheControl[].value.ttl
  params.betas[] params.thinking.type params.thinking.display params.output_config.effort params.speed
  params.service_tier params.context_management.edits[].type params.context_management.edits[].keep
  shape.system[].type contextUsage.categories[].kind
  `
    .trim()
    .split(/\s+/),
);

/** Keys of the inputs and answers of the client's own tools, of hooks, and of JSON Schema; others there are data. */
export const TOOL_KEYS: ReadonlySet<string> = new Set(
  `
  -A -B -C -i -n activeForm agentId agentType allowed_domains annotations answers args backgroundTaskId base64 bashCount
  bash_id blocked_domains cache_creation cache_creation_input_tokens cache_read_input_tokens canContinueAgent
  canReadOutputFile cell_id cell_type command commandName content countIsComplete data description dimensions
  displayHeight displayWidth durationMs durationSeconds editFileCount edit_mode edits elided ephemeral_1h_input_tokens
  ephemeral_5m_input_tokens exitCode fallback_credit file filePath file_path filenames glob harnessNoteCount
  harnessSectionHash harnessTailCount head_limit header id inference_geo input_tokens interrupted isAgent isAsync
  isImage isolation iterations label limit lines linesAdded linesRemoved message mode model multiSelect multiline name
  newLines newStart newString newTodos new_source new_string noOutputExpected notebook_path numFiles numLines offset
  oldLines oldStart oldString oldTodos old_string options originalFile originalHeight originalSize originalWidth
  otherToolCount outputFile output_mode output_tokens output_tokens_details pages path pattern persistedOutputPath
  persistedOutputSize plan prompt query question questions readCount replaceAll replace_all resolvedModel results
  returnCodeInterpretation runId run_in_background script scriptPath searchCount server_tool_use service_tier shell_id
  signature skill source speed startLine status stderr stdout structuredPatch subagent_type subject success summary
  taskId taskType task_id text thinking thinking_tokens timeout title todos toolStats tool_use_id toolsUsed
  totalDurationMs totalLines totalMatches totalTokens totalToolUseCount transcriptDir truncated type url usage
  userModified web_fetch_requests web_search_requests workflowName
  additionalContext continue decision hookEventName hookSpecificOutput permissionDecision permissionDecisionReason reason
  stopReason suppressOutput systemMessage updatedInput
  $schema additionalProperties anyOf default enum input_schema items properties required schema
  `
    .trim()
    .split(/\s+/),
);

/** Folders of the client's own. */
export const CLIENT_FOLDERS: ReadonlySet<string> = new Set(
  '.claude projects subagents workflows worktrees plans tool-results CLAUDE.md'.split(' '),
);

/** File types that many people have; a rare one could be a name. */
export const FILE_EXTENSIONS: ReadonlySet<string> = new Set(
  `
  bash bat c cc cfg cjs conf cpp cs css csv cts cxx dart env ex exs gif go gql gz h hpp hs htm html ico ini ipynb java
  jpeg jpg js json jsonl jsx kt less lock log lua m md mdx mjs mm mts pdf php pl png ps1 py r rb rs rst sass scala scss
  sh sql svelt svg swift tar tf toml ts tsv tsx txt vue webp xml yaml yml zig zip zsh
  `
    .trim()
    .split(/\s+/),
);
