/** Chinese of the charts: their frames, tables, files, axes, and what they say to those who do not see them. */
import type { Dictionary } from '../language';

export const charts: Dictionary = {
  Legend: '图例',
  'Numbers of {title}': '“{title}”的数据',
  Numbers: '数据',
  'There is no drawing to save yet; the numbers can be saved as CSV.':
    '还没有可以保存的图；数据可以存为 CSV。',
  'The figure could not be saved: {why}': '图无法保存：{why}',
  'Save {title}': '保存“{title}”',
  Save: '保存',
  '{title} as a file': '将“{title}”存为文件',
  'All values are zero.': '所有值都是零。',
  'Largest: {value}, {unit}, at {rowName} {row}, {column}.':
    '最大值：{value}（{unit}），位于{rowName} {row}、{column}。',
  'from ({unit})': '从（{unit}）',
  'to ({unit})': '到（{unit}）',
  'values§how many': '个数',
  'From {from} to {to}; most, {most}, lie from {low} to {high}.':
    '从 {from} 到 {to}；其中 {low} 到 {high} 之间最多，有 {most} 个。',
  'GRPO step': 'GRPO 步',
  '{name} went from {first} to {last} {unit}': '{name}：从 {first} 到 {last}（{unit}）',
  'No step has been trained yet.': '还没有训练过任何一步。',
  '{told}.': '{told}。',
  '; §list': '；',
  '{name} ({unit})': '{name}（{unit}）',
  'The first {n} of {all} rows; the CSV file has all of them.':
    '前 {n} 行（共 {all} 行）；CSV 文件中有全部。',
};
