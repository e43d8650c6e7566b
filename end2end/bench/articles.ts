import { writeFile } from 'node:fs/promises'

const TOPICS = ['发货', '退货', '换货', '退款', '尺码', '优惠券', '发票', '改地址', '快递', '质量', '赠品', '包邮', '预售', '保修', '安装']
const GOODS = ['护膝', '护腕', '跑鞋', '水杯', '背包', '帐篷', '睡袋', '雨衣', '手套', '帽子', '毛巾', '瑜伽垫', '跳绳', '哑铃', '球拍', '泳镜']
const SORTS = ['男款', '女款', '儿童款', '加大码', '新款', '旧款', '礼盒装']
const ASKS = ['什么时候可以', '怎么办理', '需要多久', '要不要钱', '找谁处理', '有没有限制']

/** The title of the article of that number; no two are alike. */
function title(number: number): string {
  const pick = (list: readonly string[], turn: number): string => list[Math.floor(number / turn) % list.length]!
  const topic = pick(TOPICS, 1)
  const good = pick(GOODS, TOPICS.length)
  const sort = pick(SORTS, TOPICS.length * GOODS.length)
  const ask = pick(ASKS, TOPICS.length * GOODS.length * SORTS.length)
  return `${sort}${good}${topic}${ask}`
}

export interface BenchArticle {
  title: string
  questions: string[]
  answers: string[]
  tags: string[]
}

/** That many articles, the same ones every time. */
export function articles(count: number): BenchArticle[] {
  return Array.from({ length: count }, (_, number) => ({
    title: title(number),
    questions: [`${title(number)}呀`, `请问${title(number)}`],
    answers: [`亲，${title(number)}的问题，请把订单号发来，我们按第${number + 1}条为您办理。`],
    tags: [TOPICS[number % TOPICS.length]!],
  }))
}

/** Writes that many articles as JSON Lines. */
export async function writeArticles(file: string, count: number): Promise<void> {
  const lines = articles(count).map((article) => JSON.stringify(article))
  await writeFile(file, `${lines.join('\n')}\n`)
}
