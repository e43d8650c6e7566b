//! The words of a made-up shop, and how its sentences are thrown together: the same on every machine.

/// What it sells.
pub const THINGS: [&str; 40] = [
    "护膝",
    "茶杯",
    "雨伞",
    "台灯",
    "书包",
    "水壶",
    "枕头",
    "床单",
    "毛巾",
    "拖鞋",
    "耳机",
    "键盘",
    "鼠标",
    "钱包",
    "围巾",
    "手套",
    "帽子",
    "袜子",
    "短裤",
    "外套",
    "奶瓶",
    "玩具",
    "积木",
    "画笔",
    "相框",
    "花盆",
    "锅铲",
    "砧板",
    "饭盒",
    "筷子",
    "冰袋",
    "跳绳",
    "哑铃",
    "瑜伽垫",
    "登山杖",
    "帐篷",
    "手电筒",
    "充电宝",
    "数据线",
    "手机壳",
];
/// What shoppers ask about.
pub const MATTERS: [&str; 40] = [
    "发货",
    "退货",
    "换货",
    "退款",
    "快递",
    "运费",
    "发票",
    "尺码",
    "颜色",
    "材质",
    "重量",
    "重新下单",
    "保修",
    "优惠券",
    "满减",
    "赠品",
    "改地址",
    "催单",
    "签收",
    "破损",
    "少件",
    "色差",
    "味道",
    "安装",
    "清洗",
    "充电",
    "使用方法",
    "有效期",
    "产地",
    "库存",
    "预售",
    "定金",
    "差价",
    "好评",
    "投诉",
    "拒收",
    "代收",
    "自提",
    "包邮",
    "加急",
];
const ASKS: [&str; 16] = [
    "怎么弄",
    "可以吗",
    "要多久",
    "什么时候有",
    "多少钱",
    "在哪里看",
    "为什么不行",
    "还有没有",
    "能不能快点",
    "有什么要求",
    "谁来承担",
    "是真的吗",
    "怎么申请",
    "几天能到",
    "有几种",
    "支持吗",
];
const OPENINGS: [&str; 8] = ["请问", "我的", "这款", "昨天买的", "新款", "儿童", "加厚", "店里"];

/// A small generator of numbers.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// One of several.
    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// What a shopper may ask.
    pub fn question(&mut self) -> String {
        [self.pick(&OPENINGS), self.pick(&THINGS), self.pick(&MATTERS), self.pick(&ASKS)].concat()
    }
}
