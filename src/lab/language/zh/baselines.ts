/** Chinese of the comparison of memories: the methods, the table, writing, corrections, what is held, reading. */
import type { Dictionary } from '../language';

export const baselines: Dictionary = {
  '{score}, {why}': '{score}，{why}',
  'Memories compared': '记忆方法对比',
  'The paper’s six memories that work beside a policy, each on the task on view, next to what AgeMem did with it: what they write, what they make of a correction, what they hold and what they read.':
    '论文中六种在策略之外工作的记忆，各自处理眼前的任务，并与 AgeMem 的做法并列：写了什么，如何对待更正，最后保存了什么，读出了什么。',
  'Compare on this task': '在这个任务上对比',
  'Playing the task with another memory': '正在用另一种记忆运行任务',
  'Open an episode first.': '请先打开一个回合。',
  '{name} has not been played on this task yet.': '{name} 还没有在这个任务上运行过。',
  'How the memories are played': '记忆如何运行',
  'Their calls are answered': '对模型的调用由谁答复',
  'What is read stands': '读出的内容放在',
  'The demonstrator plays this episode: here the expert of its world reads what each memory brings, and rules stand in for the model that would write the memories’ replies.':
    '这一回合由示范者来玩：这里由该环境的专家阅读各记忆带来的内容，本应由模型写的答复由规则代替。',
  'Rules stand in for the model that would write the memories’ replies, and the tokens are those that the same calls would have cost. The policy on view reads what is brought, and answers.':
    '本应由模型写的答复由规则代替，词元数是同样的调用本来要花费的数目。带来的内容由眼前的策略阅读并作答。',
  'The model that acts is asked for every reply. It is small and was never taught to write them: expect prompts that do not fit and replies that cannot be used. A rule then stands in, and it is told at the place.':
    '每个答复都询问正在行动的模型。它很小，也从未学过写这些答复：会有放不下的提示和用不了的答复。这时由规则代替，并在该处说明。',
  'The model that acts is asked for every reply. Where it cannot be used a rule stands in, and it is told at the place.':
    '每个答复都询问正在行动的模型。用不了的地方由规则代替，并在该处说明。',
  'Play {name}': '运行 {name}',
  'Play all that are missing': '运行所有还没有运行的',
  'by rules': '由规则',
  'by the model that acts': '由正在行动的模型',
  'after the question, as if it had been looked up': '问题之后，如同检索过一样',
  'before the question': '问题之前',
  'only when the policy calls Retrieve_memory': '只在策略调用 Retrieve_memory 时',

  'The memory that is shown': '所显示的记忆',
  'All memories on this task': '这个任务上的全部记忆',
  'Choose a memory to see it in full; arrow keys go from one to the next.':
    '选择一种记忆即可看到全貌；方向键可逐个切换。',
  'Last action': '最后的动作',
  Score: '得分',
  Writing: '写入',
  Reading: '读取',
  Answering: '作答',
  'Held at the end': '最后保存',
  'AgeMem, the episode on view': 'AgeMem，眼前的回合',
  'Run it to its end': '运行到结束',
  'AgeMem’s writing is every step of the policy in stages 1 and 2, its reading each step of stage 3 that calls a tool: there is nobody beside it. The others are asked apart from the policy, which only answers.':
    'AgeMem 的写入是策略在阶段 1 和 2 的每一步，读取是阶段 3 中调用工具的每一步：它旁边没有别人。其余记忆在策略之外被调用，策略只作答。',
  'calls§to a model': '调用',
  'tokens§of calls': '词元',
  'not played yet': '尚未运行',
  '{n} and {edges} edges': '{n} 条和 {edges} 条边',

  '{name} in full': '{name} 的全貌',
  'Source: {source}.': '来源：{source}。',
  'Read by {policy}, searched with {embedder}, played in {time}.':
    '由 {policy} 阅读，用 {embedder} 检索，运行用时 {time}。',
  'Asked for replies within {n} tokens.': '在 {n} 个词元的窗口内请求答复。',
  'How it writes': '如何写入',
  'What becomes of a correction': '更正会怎样',
  'What it holds at the end': '最后保存了什么',
  'How it reads': '如何读取',

  'Nothing is kept: what was said is gone when the context is emptied. The floor that every memory is measured from.':
    '什么都不保存：上下文清空后，说过的就没有了。这是衡量每种记忆的底线。',
  'It is the first line of the paper’s table.': '它是论文表格的第一行。',
  'There is none: nothing is stored that could be wrong.': '没有规则：没有存入任何可能出错的东西。',
  'nothing§held': '无',
  'Retrieval-augmented generation, plain: every message is cut into chunks, and a question brings the chunks nearest to it by cosine. No model is asked for anything.':
    '最朴素的检索增强生成：每条消息切成片段，问题按余弦取来最近的片段。不询问任何模型。',
  'The paper gives no details of its RAG. Chunks of at most 40 words that overlap by a sentence are ours.':
    '论文没有说明其 RAG 的细节。每段至多 40 个词、相邻段重叠一句，是这里的决定。',
  'There is none: what was true and what is true now lie side by side, and the question brings both.':
    '没有规则：过去为真的和现在为真的并排存放，问题会把两者都取来。',
  chunks: '片段',
  'A manager in the background: a model writes searches for each message, then inserts, rewrites and removes memories in one call. A long thread gets a running summary.':
    '后台的管理者：模型为每条消息写检索词，再在一次调用中插入、改写和删除记忆。较长的对话会有滚动摘要。',
  'Here it runs after every message, with one kind of memory, a text; the prompts are in our words.':
    '这里在每条消息之后运行，只有一种记忆，即一段文字；提示用的是我们自己的话。',
  'In the call that extracts: what is stored and is now wrong is rewritten or removed. There is no second look.':
    '就在提取的那次调用里：已存而现在不对的被改写或删除。不再复查。',
  memories: '记忆',
  'Notes after the manner of a Zettelkasten: a model writes keywords, a context and tags for every message, ties the note to its neighbours, and may rewrite what those say about themselves.':
    '卡片盒式的笔记：模型为每条消息写关键词、背景和标签，把笔记与相近的笔记关联，并可改写后者的自述。',
  'Here without access counts and consolidation; into the prompt go the contents, and a context where it was rewritten.':
    '这里没有访问计数与整理；进入提示的是内容，以及被改写过的背景。',
  'There is none: nothing is replaced or deleted. That an older note no longer holds can only be written into its context and tags.':
    '没有规则：什么都不替换或删除。旧笔记不再成立，只能写进它的背景和标签。',
  notes: '笔记',
  'A model extracts facts from each message; each fact brings the 5 nearest memories, and a second call says for each what happens: add, update, delete or nothing. A history keeps every change.':
    '模型从每条消息提取事实；每个事实取来最近的 5 条记忆，第二次调用逐一决定：添加、更新、删除或不动。历史记录保留每次改动。',
  'The version the paper compares with; newer ones judge when searching. Here messages come one by one, and the prompts are in our words.':
    '这是论文所比较的版本；更新的版本在检索时才判断。这里消息逐条到来，提示用的是我们自己的话。',
  'In a call of its own: what is about the same and differs is an update with the new text, what is only contradicted is deleted, what is known changes nothing.':
    '在单独的一次调用里：说的是同一件事而有不同，就用新文字更新；仅被否定的删除；已知的不动。',
  facts: '事实',
  'Mem0 with a graph beside its facts: three more calls find entities, their relations, and the edges that the message contradicts. A question brings facts by cosine and triples by BM25.':
    'Mem0 的事实旁边再加一张图：另有三次调用找出实体、实体间的关系，以及被消息否定的边。问题按余弦取来事实，按 BM25 取来三元组。',
  'Here nodes have no types, and one threshold, 0.7, serves for finding and merging. With an embedder of spelling it also merges names that only look alike.':
    '这里节点没有类型，查找与合并共用一个阈值 0.7。嵌入器只比较拼写时，仅仅看起来相似的名字也会被合并。',
  'As Mem0 does for the facts; and an edge that the message contradicts is removed before the new one comes.':
    '事实与 Mem0 相同；被消息否定的边先删除，再加入新的边。',
  'facts and a graph': '事实和一张图',

  'stored anew': '新存入',
  rewritten: '改写',
  'taken away': '删除',
  'left as it was': '保持不变',
  'tied to others': '与其他关联',
  'described anew': '重新描述',
  summarised: '摘要',
  'taken for one': '视为同一个',
  'write search queries': '写检索词',
  'extract and consolidate': '提取并整合',
  'extend the running summary': '续写滚动摘要',
  'write keywords, context and tags': '写关键词、背景和标签',
  'tie and evolve': '关联与演化',
  'extract facts': '提取事实',
  'bring the store up to date': '更新存储',
  'find entities': '找出实体',
  'find relations': '找出关系',
  'find contradicted edges': '找出被否定的边',
  'chunks nearest to the query, by cosine': '按余弦与问题最近的片段',
  'memories nearest to the query, by cosine': '按余弦与查询最近的记忆',
  'memories nearest to the fact, by cosine': '按余弦与事实最近的记忆',
  'notes nearest to the message, by cosine': '按余弦与消息最近的笔记',
  'notes nearest to the query, by cosine, then those they are tied to':
    '按余弦与查询最近的笔记，其后是与之关联的笔记',
  'edges around the names of the message, by cosine of the names': '消息中各名字周围的边，按名字的余弦',
  'triples around the names of the query, by BM25': '查询中各名字周围的三元组，按 BM25',

  'This task has no messages.': '这个任务没有消息。',
  'nothing stored': '没有存入',
  Calls: '调用',
  'Looked up': '查找',
  'What the store did': '存储做了什么',
  'Nothing: the message left no trace.': '什么也没做：这条消息没有留下痕迹。',
  'The episode ended before the policy came to this message.': '策略还没读到这条消息，回合就结束了。',
  'The episode ended before the policy came to the question.': '策略还没读到问题，回合就结束了。',
  'The policy has not come to this message yet.': '策略还没有读到这条消息。',
  'What the policy did': '策略做了什么',
  'Stored after it': '之后存有',
  'nothing§stored': '无',
  'reply of the model': '模型的答复',
  'a rule stands in': '由规则代替',
  'reply by a rule': '由规则答复',
  'Try {n} was not taken: {reason}': '第 {n} 次尝试未被采用：{reason}',
  'What the model was given': '给模型的内容',
  'What a model would be given': '会给模型的内容',
  'Role§of a call': '角色',
  Input: '输入',
  'Form of the reply': '答复的格式',
  'No model is asked.': '不询问模型。',
  'call to a model': '次对模型的调用',
  'model call§counted': '次模型调用',
  'no model calls': '没有模型调用',
  '{calls}: {prompt} in prompts, {reply} in replies': '{calls}：提示 {prompt}，答复 {reply}',

  'No fact of this task is corrected, so there is no decision to show.':
    '这个任务里没有事实被更正，因此没有可展示的决定。',
  'Play a task with corrections': '玩一个有更正的任务',
  'Said first': '先说',
  Corrected: '更正为',
  'It stored nothing of the correction.': '它没有存入更正的任何内容。',
  'similarity {score}': '相似度 {score}',
  'Decided by the model.': '由模型决定。',
  'Decided by the rule that stands in for the model.': '由代替模型的规则决定。',
  'Of what was said first, it still holds word for word:': '先说的内容中，它仍逐字保存着：',
  '(context: {context})': '（背景：{context}）',
  'It was shown, nearest to the message:': '它看到的与消息最近的条目：',

  'It holds nothing.': '它什么也没有保存。',
  entries: '条目',
  'The episode is not over yet.': '这一回合还没有结束。',
  'Running summary: none, no thread was long enough.': '滚动摘要：无，没有哪段对话足够长。',
  'Running summary: {summary}': '滚动摘要：{summary}',
  'context§of a note': '背景',
  keywords: '关键词',
  tags: '标签',
  'tied to': '关联到',
  'read for the question': '为问题读取',
  'History: {changes}': '历史：{changes}',
  change: '次改动',
  'The graph': '图',
  'The graph is empty.': '图是空的。',
  'A graph of {entities} and {relations}, each in the table below':
    '由 {entities} 和 {relations} 组成的图，逐条见下表',
  entity: '个实体',
  relation: '条关系',
  'Left without an edge, as in the original: {names}': '没有边的节点，与原作一样保留：{names}',
  'Triples of the graph': '图的三元组',
  Id: '编号',
  'From§of an edge': '从',
  Relation: '关系',
  'To§of an edge': '到',
  'For the question': '为问题',
  '✓ read': '✓ 已读取',

  'Asked once, with the question of the task, before the policy acts; AgeMem asks when it likes.':
    '只在策略行动之前，用任务的问题询问一次；AgeMem 想问时就问。',
  'The policy did not ask the store for anything.': '策略没有向存储要任何东西。',
  'In the prompt': '在提示中',
  'What the policy made of it': '策略的做法',
  'Asked: {query}': '询问：{query}',
  'There is nothing to look in.': '没有可查找的内容。',
  'what was read': '读出的内容',
  'No prompt was put to the policy.': '没有向策略提出提示。',
  'The prompt would have had {n} tokens, more than the model that acts reads.':
    '提示会有 {n} 个词元，超过正在行动的模型所能读的。',
  'The policy has not come to the question yet.': '策略还没有读到问题。',
};
