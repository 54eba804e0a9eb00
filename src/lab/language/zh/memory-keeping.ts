/** Chinese of memories as wholes: files, profiles, backups, room, rules, and what was done. */
import type { Dictionary } from '../language';

export const memoryKeeping: Dictionary = {
  // What is being done, and what was done.
  Saving: '正在保存',
  'Changed {id}.': '已更改 {id}。',
  'Added an entry.': '已添加一个条目。',
  Deleting: '正在删除',
  'Deleted {what}.': '已删除 {what}。',
  Undoing: '正在撤销',
  Restoring: '正在恢复',
  'Restored the empty memory.': '已恢复为空记忆。',
  'Restored the state after record {record}.': '已恢复到记录 {record} 之后的状态。',
  'Setting the rules': '正在设定规则',
  'The rules of ageing are set.': '老化规则已设定。',
  Mending: '正在修复',
  'Mended {findings}.': '已修复 {findings}。',
  finding: '项发现',
  'Writing the file': '正在写文件',
  Importing: '正在导入',
  'Imported {file}.': '已导入 {file}。',
  Creating: '正在新建',
  'Created “{name}”.': '已新建“{name}”。',
  Copying: '正在复制',
  'Copied to “{name}”.': '已复制到“{name}”。',
  'Deleted “{title}”.': '已删除“{title}”。',
  'Backing up': '正在备份',
  'Made a backup.': '已做一个备份。',
  Accepting: '正在接受',
  'Asking the browser': '正在询问浏览器',
  'Deleting {kind}': '正在删除{kind}',
  'Deleted {kind}.': '已删除{kind}。',
  '{title} is in force.': '{title} 已生效。',
  'Stopped. The vectors made so far are kept; choose it again to go on.':
    '已停止。目前做好的向量会保留；再次选用即可继续。',

  // Forgetting for good.
  'Forget {id} for good …': '永久忘记 {id} …',
  'Looking where it is kept …': '正在查找它保存在何处 …',
  'Forget for good': '永久忘记',
  'Forgetting for good': '正在永久忘记',
  'Forgot {what} for good.': '已永久忘记 {what}。',
  'Nothing is left to forget: no deleted entry has a text in the journal.':
    '没有可忘记的了：日志中已没有任何已删除条目的文字。',
  '{ids} and {n} more': '{ids} 及另外 {n} 条',
  'the texts and reasons in {records} of the journal': '日志中 {records}里的文字和理由',
  'the saved index': '已保存的索引',
  '{backups}, replaced by a new one of what is left': '{backups}，将由剩余内容的新备份取代',
  backup: '个备份',
  'Forget {names} for good: {places}.': '永久忘记 {names}：{places}。',
  '{warning}, and no earlier state will show the text again.':
    '{warning}，任何更早的状态都不会再显示这些文字。',
  'This cannot be undone': '这无法撤销',
  'It does not reach files you have exported.': '这不涉及您已导出的文件。',
  'It does not reach files you have exported, nor entries and journals that say the same in {memories}.':
    '这不涉及您已导出的文件，也不涉及 {memories} 中内容相同的条目和日志。',

  // Files.
  '{title}: {entries}. The same memory always gives the same file, to the byte.':
    '{title}：{entries}。相同的记忆总是得到逐字节相同的文件。',
  'JSON Lines': 'JSON Lines',
  'One entry a line, readable with any editor. Vectors are made anew when it is read.':
    '每行一个条目，任何编辑器都能阅读。读入时重新计算向量。',
  'JSON Lines with vectors': '带向量的 JSON Lines',
  'The same with the vectors in force, so that reading it back needs no embedder.':
    '同上，并含当前生效的向量，因此读回时不需要嵌入器。',
  'Zip with the journal': '带日志的 Zip',
  'Everything: entries, and the journal with every change, its reason and its author.':
    '全部内容：条目，以及含每次更改、理由和作者的日志。',
  Import: '导入',
  'Reads such files, lists as Mem0 writes them, and plain text with one entry a line. You see what would happen first.':
    '可读取上述文件、Mem0 格式的列表，以及每行一个条目的纯文本。您会先看到将要发生什么。',
  'This memory is only to look at. Choose a profile to import into.':
    '这个记忆只供查看。请选择要导入到的档案。',
  'Drop a file here, or choose one:': '把文件拖到这里，或选择一个：',
  'Read it as plain text: each line is an entry, whatever it looks like':
    '作为纯文本读取：每行是一个条目，不论它是什么样子',
  'Reading the file': '正在读取文件',
  'Preview of the import': '导入预览',
  'JSON Lines of this lab': '本实验室的 JSON Lines',
  'a zip of this lab': '本实验室的 zip',
  'a list in the form of Mem0': 'Mem0 格式的列表',
  'plain text, one entry a line': '每行一个条目的纯文本',
  '{file} is {format} with {lines}. Nothing has changed yet.':
    '{file} 是{format}，共 {lines}。目前尚未做任何更改。',
  '{file} is {format} with {lines}, and {records} of its journal come with it. Nothing has changed yet.':
    '{file} 是{format}，共 {lines}，并附带其日志的 {records}。目前尚未做任何更改。',
  line: '行',
  'Show§which lines': '显示',
  'all {n}': '全部 {n}',
  'added§line': '新增',
  'new here': '这里没有的',
  'changed§line': '更改',
  'newer than what is stored': '比已存的更新',
  'in conflict': '冲突',
  'both differ; what is stored is as new or newer': '两者不同；已存的同样新或更新',
  'the same§line': '相同',
  'there already, to the letter': '已有，一字不差',
  'rejected§line': '拒绝',
  'cannot be read; the reason stands beside it': '无法读取；理由写在旁边',
  'One entry differs, and yours is as new or newer': '有一个条目不同，而您的同样新或更新',
  '{n} entries differ, and yours are as new or newer': '有 {n} 个条目不同，而您的同样新或更新',
  'Keep mine': '保留我的',
  'Take those of the file': '采用文件中的',
  'Nothing to import': '没有可导入的',
  'Import {entries}': '导入 {entries}',
  'Leave it': '不导入',
  'There is no entry in this file.': '这个文件中没有条目。',
  'None of these is among the lines shown.': '显示的行中没有这一类。',
  'Lines of the file': '文件的各行',
  Line: '行',
  'Would be': '将会',
  Text: '文字',
  'The first {shown} of {all} lines are shown; the numbers are of all.':
    '只显示 {all} 行中的前 {shown} 行；各数字是对全部而言。',

  // Profiles.
  'Memories of your own. Episodes and training never touch them, and none sees another.':
    '您自己的记忆。回合和训练从不触碰它们，它们彼此也互不可见。',
  'A new profile': '新档案',
  Create: '新建',
  'Only to look at': '只供查看',
  'Memories of the episode and of the last group; they are gone with the next. A copy stays.':
    '当前回合和上一个组的记忆；下一个开始时它们就会消失。复制的会保留。',
  'None. Play an episode or a group, and its memories appear here.':
    '没有。运行一个回合或组，它的记忆就会出现在这里。',
  'This cannot be undone; a file exported before can bring it back.':
    '这无法撤销；先前导出的文件可以把它找回。',
  'This cannot be undone. 1 backup still holds it until a newer one takes its place: under Kept safe it can be restored, or the backups deleted if nothing is to stay.':
    '这无法撤销。还有 1 个备份含有它，直到被更新的备份取代：可以在“妥善保存”中恢复它；若什么都不想保留，可以在那里删除备份。',
  'This cannot be undone. {n} backups still hold it until newer ones take their place: under Kept safe it can be restored, or the backups deleted if nothing is to stay.':
    '这无法撤销。还有 {n} 个备份含有它，直到被更新的备份取代：可以在“妥善保存”中恢复它；若什么都不想保留，可以在那里删除备份。',
  'journal record': '条日志记录',
  'Open {title}': '打开“{title}”',
  'Open§profile': '打开',
  'Copy {title} …': '复制“{title}”…',
  'Copy …': '复制 …',
  'Delete “{title}”: {entries} and {records}.': '删除“{title}”：{entries}和 {records}。',
  'Delete “{title}” for good': '彻底删除“{title}”',
  'Name of the copy of {title}': '“{title}”的副本名称',
  Copy: '复制',
  'There is one of this name.': '已有同名的档案。',
  'What only one of two memories holds, and what they hold differently.':
    '两个记忆中哪些只在一方，哪些内容不同。',
  'There is only one memory. Copy it, or create another, to compare.':
    '只有一个记忆。复制它，或另建一个，才能比较。',
  'This one': '这一个',
  'with§another memory': '与',
  Comparing: '正在比较',
  'Only in {title}': '只在“{title}”中',
  Different: '不同',
  'The same in both': '两者相同',

  // Kept safe: health, the browser's promise, backups, room.
  'The log beside the database could not be written: the last changes have no second copy until it can be, or a backup is made.':
    '数据库旁的日志无法写入：在能够写入或完成备份之前，最近的更改没有第二份副本。',
  'Each change is also logged in a file beside the database before it counts as done, until two backups hold it.':
    '每次更改还会先记入数据库之外的一个日志文件，才算完成；日志保留到有两份备份包含它为止。',
  'This browser lets no file be written change by change: what came after the newest backup has no second copy.':
    '此浏览器不允许逐次写入文件：最新备份之后的内容没有第二份副本。',
  "The browser's promise": '浏览器的承诺',
  'It keeps what this site stores until you clear it yourself.': '它会保留本站存储的内容，直到您自己清除。',
  'None yet: when space runs short it may clear this site by itself.':
    '尚无：空间不足时，它可能自行清除本站的数据。',
  'It cannot say whether it may clear this site by itself.': '它无法说明是否会自行清除本站的数据。',
  'Ask it to keep everything': '请求它保留全部',
  '{title}: {health}': '{title}：{health}',
  'whole, checked {when}': '完整，{when}检查过',
  Backups: '备份',
  'Kept apart from the database, so that they outlive it when it is damaged. Made by itself after changes.':
    '与数据库分开保存，数据库损坏时仍在。更改之后自动进行。',
  'Back up now': '立即备份',
  'There is none yet.': '尚无备份。',
  'Restore {title} ({entries}) …': '恢复“{title}”（{entries}）…',
  'Make {title} what it was at {time}: {entries}. It is one act of the journal and can be undone.':
    '把“{title}”恢复成 {time} 的样子：{entries}。这是日志中的一次操作，可以撤销。',
  'Restore {title}': '恢复“{title}”',
  'Leave it as it is': '保持原样',
  'Room it takes': '占用的空间',
  'The browser counts about {used} for this site and allows {quota}.':
    '浏览器为本站计得约 {used}，允许 {quota}。',
  'The browser does not say how much room there is.': '浏览器没有说明有多少空间。',
  memories: '记忆',
  journals: '日志',
  vectors: '向量',
  checkpoints: '检查点',
  'task sets': '任务集',
  backups: '备份',
  'index snapshots': '索引快照',
  'Delete {kind}, {size}.': '删除{kind}，{size}。',
  'Delete {kind}': '删除{kind}',
  'Keep them': '保留',

  // Settings: the embedder, ageing.
  'What finds entries': '用什么检索条目',
  'An embedder turns texts into vectors; near vectors are found together. Another one needs vectors of its own: the old ones answer until all are made.':
    '嵌入器把文本变成向量；相近的向量会一起被找到。换一个嵌入器需要它自己的向量：在全部做好之前，由旧的向量应答。',
  'Making vectors with {embedder}: {done} of {all}': '正在用 {embedder} 计算向量：{done}/{all}',
  'Making vectors': '正在计算向量',
  'There is no choice of embedders here.': '这里没有可选的嵌入器。',
  'Loading {file}: {done}': '正在载入 {file}：{done}',
  'Loading {file}: {done} of {all}': '正在载入 {file}：{done}，共 {all}',
  'in force': '生效中',
  '{n} numbers a text': '每段文本 {n} 个数',
  'θ is found when it is first used': 'θ 在首次使用时确定',
  'Use {embedder}': '使用 {embedder}',
  'Load and use': '载入并使用',
  Use: '使用',
  Ageing: '老化',
  'Off unless you switch it on. While on, every row says what it does to it.':
    '默认关闭。打开时，每一行都会说明它受到的影响。',
  'Entries expire': '条目会到期',
  'days after they were last written or retrieved': '天（自上次写入或检索起）',
  'They are deleted when the lab opens, as one act of the journal that can be undone.':
    '它们在实验室打开时被删除，这是日志中的一次操作，可以撤销。',
  'They are deleted when the lab opens, as one act of the journal that can be undone; in force: {time}.':
    '它们在实验室打开时被删除，这是日志中的一次操作，可以撤销；当前为 {time}。',
  'Older entries count less': '较旧的条目权重较低',
  'days halve the score of an entry in a search': '天后，条目在检索中的得分减半',
  'After {once} an entry counts {half}, after {twice} {quarter}. Nothing is deleted.':
    '{once}后条目计为 {half}，{twice}后计为 {quarter}。不会删除任何内容。',
  'Every entry counts in full, however old.': '每个条目不论多旧都全额计入。',
  'Days are a number above 0 and at most 36,500.': '天数须大于 0 且不超过 36,500。',
  'Set these rules': '设定这些规则',
};
